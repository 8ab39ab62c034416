// Tables sort by a click on a heading, and long ones can be filtered. Without scripts they are plain tables.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, index) => {
    const cell = row.cells[index];
    return cell.dataset.value ?? cell.textContent.trim();
  };
  table.querySelectorAll("thead th").forEach((heading, index) => {
    if (!heading.textContent.trim()) return;
    const button = document.createElement("button");
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const direction = heading.getAttribute("aria-sort") === "descending" ? "ascending" : "descending";
      table.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", direction);
      const sign = direction === "ascending" ? 1 : -1;
      const order = (one, two) => {
        const [a, b] = [value(one, index), value(two, index)];
        const difference = Number(a) - Number(b);
        return sign * (Number.isNaN(difference) ? a.localeCompare(b) : difference);
      };
      body.append(...[...body.rows].sort(order));
    });
  });
  if (body.rows.length > 12 && table.parentElement.className === "scroll") {
    const filter = document.createElement("input");
    filter.type = "search";
    filter.placeholder = "Filter these rows";
    filter.setAttribute("aria-label", "Filter these rows");
    filter.addEventListener("input", () => {
      const wanted = filter.value.trim().toLowerCase();
      for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    table.parentElement.before(filter);
  }
}
