"""Words, places and titles that the sample book is composed of; each CSV file is read by ``rightful.sample.words``."""
