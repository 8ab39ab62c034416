"""First names and what people make of them: Bob is Robert. General knowledge, not taken from any data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["are_one_first_name"]

_GROUPS = """
    abigail abby gail; abraham abe; adam ad; adelaide addie; agnes aggie; albert al bert bertie; alexander alex al alec sandy
    sasha lex; alexandra alex sandra sandy sasha lexi; alfred alf fred freddie alfie; alice allie; amanda mandy; andreas andi
    andy; andrew andy drew; angela angie; ann annie nan nancy; anna annie; anthony tony anton; antonio tony toni; archibald
    archie; arthur art artie; augustus gus; barbara barb babs bärbel; bartholomew bart; beatrice bea trixie; benjamin ben benny
    benji; bernard bernie; bradley brad; brandon brand; caroline carrie carol lina; catherine cathy kate katie kathy kitty cat;
    cecilia cissy celia; charles charlie chuck chas charley; charlotte lottie charlie; christian chris; christina chris chrissie
    tina; christine chris tina; christopher chris kit topher; clara claire; clifford cliff; cornelius con neil; cynthia cindy;
    daniel dan danny; david dave davey; deborah deb debbie; dennis denny; derek del; diana di; dominic dom nick; donald don
    donny; dorothy dot dottie dolly; douglas doug; edmund ed ted eddie ned; edward ed ted teddy eddie ned; edwin ed eddie;
    eleanor ellie nell nora; elizabeth liz lizzie beth betty eliza lisa libby bess bessie betsy elsie; emily em millie; emma em;
    ernest ernie; eugene gene; evelyn eve evie; florence flo; frances fran fanny; francis frank fran; franklin frank; franz
    franzi; frederick fred freddie freddy; friedrich fritz; gabriel gabe; georg jörg; george georgie; geoffrey geoff; gerald
    gerry jerry; gerard gerry; gertrude trudy; gilbert gil bert; giuseppe beppe; gregory greg; hans johannes; harold
    harry hal; harriet hattie; heinrich heinz; helen nell nellie ellen; henry harry hank hal; herbert herb bert bertie; howard
    howie; hugh hughie; ignacio nacho; isaac ike; isabella bella izzy isabel; jack john; jacob jake; jacqueline jackie; james jim
    jimmy jamie jem; jane janie jenny; janet jan; jason jay; jeffrey jeff; jennifer jen jenny; jeremy jerry jem; jessica jess
    jessie; joachim jochen achim; joanna jo; john johnny jon; jonathan jon jonny; jose pepe; josef sepp; joseph joe joey;
    josephine jo josie; joshua josh; judith judy; julia julie; katherine kate katie kathy kat kay; kathleen kathy kath; kenneth
    ken kenny; kimberly kim; laurence larry; lawrence larry lawrie; leonard leo len lenny; leopold leo; leslie les; lewis lew;
    louis lou louie; louise lou; lucas luke; lucy lu; luis lucho; ludwig lutz; magdalena lena; manfred manni; manuel manolo
    manny; margaret maggie meg peggy madge marge margie greta rita; maria mia mariechen; martha mattie; martin marty; mary molly
    polly mae mamie; matthew matt; maurice mo; maximilian max; melissa mel missy; michael mike mick mickey micky; mildred millie;
    mohammed mohammad muhammad mohamed mo; natalie nat; nathaniel nat nate; nathan nat nate; nicholas nick nicky; nicole nicky;
    oliver ollie; oscar ozzie; pamela pam; patricia pat patty trish tricia; patrick pat paddy; paul paulie; percival percy; peter
    pete; philip phil pip; rachel rae; randolph randy; raymond ray; rebecca becky; reginald reg reggie; richard rick dick ricky
    rich richie; robert rob bob bobby robbie bert; roberto berto; roderick rod; rodney rod; roger rodge; roland roly; ronald ron
    ronnie; rosemary rose rosie; rudolf rudi; russell russ; samantha sam; samuel sam sammy; sarah sally sadie; sebastian seb
    basti; sidney sid; simon si; sophia sophie; stanley stan; stefan steffen; stephanie steph; stephen steve stevie; steven
    steve; stuart stu; susan sue susie suzy; susanna sue susie; sylvester sly; terence terry; theodore ted teddy theo; theresa
    terry tess tessa; therese resi; thomas tom tommy; timothy tim timmy; tobias tobi toby; ulrich uli; ursula uschi; valerie val;
    veronica ronnie; victor vic; victoria vicky tori; vincent vince vinny; virginia ginny; vladimir vova volodya; walter walt
    wally; wilhelm willi; wilfred wilf fred; william bill will billy willie liam; winifred winnie; winston win; yevgeny zhenya;
    zachary zach zack
"""


def _groups_of_names(groups: Iterable[str]) -> Mapping[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, group in enumerate(groups):
        for name in group.split():
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


_GROUPS_OF = _groups_of_names(_GROUPS.split(";"))


def are_one_first_name(one: str, other: str) -> bool:
    """Tell whether two first names, in small letters, are forms of one.

    Example:
        >>> are_one_first_name("bob", "robert"), are_one_first_name("robert", "rupert")
        (True, False)
    """
    mine, theirs = _GROUPS_OF.get(one), _GROUPS_OF.get(other)
    return mine is not None and theirs is not None and not mine.isdisjoint(theirs)
