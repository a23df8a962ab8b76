-- How contacts can be reached and what they are, counted as they change: for the account, for every
-- tag, for every list. What a contact counts as is derived in the row itself, by one definition.
SET lock_timeout = '5s';

-- The country (ISO 3166 alpha-2) that a name or code means in English, French, Spanish or German,
-- or ''. Names as CLDR 46 has them. PL/pgSQL keeps its constants prepared: a call costs 1 µs, and as
-- a declared constant the table would be copied for every call (1 ms).
CREATE FUNCTION country_named(name text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
    RETURN '{"abw":"AW", "ad":"AD", "ae":"AE", "af":"AF", "afg":"AF", "afganistan":"AF", "afganistÁn":"AF",
"afganistán":"AF", "afghanistan":"AF", "afrique du sud":"ZA", "ag":"AG", "ago":"AO",
"agypten":"EG", "ai":"AI", "aia":"AI", "al":"AL", "ala":"AX", "aland islands":"AX",
"alandinseln":"AX", "alb":"AL", "albania":"AL", "albanie":"AL", "albanien":"AL", "alemania":"DE",
"algeria":"DZ", "algerie":"DZ", "algerien":"DZ", "algÉrie":"DZ", "algérie":"DZ",
"allemagne":"DE", "am":"AM", "america":"US", "american samoa":"AS", "amerikanisch-samoa":"AS",
"amerikanische jungferninseln":"VI", "amerikanische uberseeinseln":"UM",
"amerikanische Überseeinseln":"UM", "amerikanische überseeinseln":"UM", "and":"AD",
"andorra":"AD", "andorre":"AD", "angola":"AO", "anguila":"AI", "anguilla":"AI",
"antarctica":"AQ", "antarctique":"AQ", "antarktis":"AQ", "antartida":"AQ",
"antigua & barbuda":"AG", "antigua and barbuda":"AG", "antigua und barbuda":"AG",
"antigua y barbuda":"AG", "antigua-et-barbuda":"AG", "antÁrtida":"AQ", "antártida":"AQ",
"ao":"AO", "aq":"AQ", "aquatorialguinea":"GQ", "ar":"AR", "arabia saudi":"SA",
"arabia saudÍ":"SA", "arabia saudí":"SA", "arabie saoudite":"SA", "are":"AE", "arg":"AR",
"argelia":"DZ", "argentina":"AR", "argentine":"AR", "argentinien":"AR", "arm":"AM",
"armenia":"AM", "armenie":"AM", "armenien":"AM", "armÉnie":"AM", "arménie":"AM", "aruba":"AW",
"as":"AS", "aserbaidschan":"AZ", "asm":"AS", "at":"AT", "ata":"AQ", "atf":"TF", "atg":"AG",
"athiopien":"ET", "au":"AU", "aus":"AU", "australia":"AU", "australie":"AU", "australien":"AU",
"austria":"AT", "aut":"AT", "autriche":"AT", "aw":"AW", "ax":"AX", "az":"AZ", "aze":"AZ",
"azerbaidjan":"AZ", "azerbaijan":"AZ", "azerbaiyan":"AZ", "azerbaiyÁn":"AZ", "azerbaiyán":"AZ",
"azerbaÏdjan":"AZ", "azerbaïdjan":"AZ", "ba":"BA", "bahamas":"BS", "bahrain":"BH",
"bahrein":"BH", "bahreÏn":"BH", "bahreïn":"BH", "banglades":"BD", "bangladesch":"BD",
"bangladesh":"BD", "bangladÉs":"BD", "bangladés":"BD", "barbade":"BB", "barbados":"BB",
"barein":"BH", "barÉin":"BH", "baréin":"BH", "bb":"BB", "bd":"BD", "bdi":"BI", "be":"BE",
"bel":"BE", "belarus":"BY", "belgica":"BE", "belgie":"BE", "belgien":"BE", "belgique":"BE",
"belgium":"BE", "belgië":"BE", "belice":"BZ", "belize":"BZ", "ben":"BJ", "benin":"BJ",
"benÍn":"BJ", "benín":"BJ", "bermuda":"BM", "bermudas":"BM", "bermudes":"BM", "bes":"BQ",
"bf":"BF", "bfa":"BF", "bg":"BG", "bgd":"BD", "bgr":"BG", "bh":"BH", "bharat":"IN",
"bhoutan":"BT", "bhr":"BH", "bhs":"BS", "bhutan":"BT", "bi":"BI", "bielorrusia":"BY",
"bielorussie":"BY", "bih":"BA", "biÉlorussie":"BY", "biélorussie":"BY", "bj":"BJ", "bl":"BL",
"blm":"BL", "blr":"BY", "blz":"BZ", "bm":"BM", "bmu":"BM", "bn":"BN", "bo":"BO", "bol":"BO",
"bolivia":"BO", "bolivia, plurinational state of":"BO", "bolivie":"BO", "bolivien":"BO",
"bonaire, sint eustatius and saba":"BQ", "bosnia & herzegovina":"BA",
"bosnia and herzegovina":"BA", "bosnia y herzegovina":"BA", "bosnie-herzegovine":"BA",
"bosnie-herzÉgovine":"BA", "bosnie-herzégovine":"BA", "bosnien und herzegowina":"BA",
"botsuana":"BW", "botswana":"BW", "bouvet island":"BV", "bouvetinsel":"BV", "bq":"BQ", "br":"BR",
"bra":"BR", "brasil":"BR", "brasilien":"BR", "brazil":"BR", "brb":"BB", "bresil":"BR",
"britische jungferninseln":"VG", "britisches territorium im indischen ozean":"IO",
"british indian ocean territory":"IO", "british virgin islands":"VG", "brn":"BN", "brunei":"BN",
"brunei darussalam":"BN", "brunÉi":"BN", "brunéi":"BN", "brÉsil":"BR", "brésil":"BR", "bs":"BS",
"bt":"BT", "btn":"BT", "bulgaria":"BG", "bulgarie":"BG", "bulgarien":"BG", "burkina faso":"BF",
"burma":"MM", "burundi":"BI", "butan":"BT", "butÁn":"BT", "bután":"BT", "bv":"BV", "bvt":"BV",
"bw":"BW", "bwa":"BW", "by":"BY", "bz":"BZ", "bÉlgica":"BE", "bÉnin":"BJ", "bélgica":"BE",
"bénin":"BJ", "ca":"CA", "cabo verde":"CV", "caf":"CF", "cambodge":"KH", "cambodia":"KH",
"camboya":"KH", "cameroon":"CM", "cameroun":"CM", "camerun":"CM", "camerÚn":"CM", "camerún":"CM",
"can":"CA", "canada":"CA", "canadÁ":"CA", "canadá":"CA", "cap-vert":"CV", "cape verde":"CV",
"caribbean netherlands":"BQ", "caribe neerlandes":"BQ", "caribe neerlandÉs":"BQ",
"caribe neerlandés":"BQ", "catar":"QA", "cayman islands":"KY", "cc":"CC", "cck":"CC", "cd":"CD",
"central african republic":"CF", "cf":"CF", "cg":"CG", "ch":"CH", "chad":"TD", "che":"CH",
"chequia":"CZ", "chile":"CL", "chili":"CL", "china":"CN", "chine":"CN", "chipre":"CY",
"chl":"CL", "chn":"CN", "christmas island":"CX", "chypre":"CY", "ci":"CI",
"ciudad del vaticano":"VA", "civ":"CI", "ck":"CK", "cl":"CL", "cm":"CM", "cmr":"CM", "cn":"CN",
"co":"CO", "cocos (keeling) islands":"CC", "cod":"CD", "cog":"CG", "cok":"CK", "col":"CO",
"colombia":"CO", "colombie":"CO", "com":"KM", "comoras":"KM", "comores":"KM", "comoros":"KM",
"congo":"CG", "congo - brazzaville":"CG", "congo - kinshasa":"CD",
"congo, the democratic republic of the":"CD", "congo-brazzaville":"CG", "congo-kinshasa":"CD",
"cook islands":"CK", "cookinseln":"CK", "corea del norte":"KP", "corea del sur":"KR",
"coree du nord":"KP", "coree du sud":"KR", "corÉe du nord":"KP", "corÉe du sud":"KR",
"corée du nord":"KP", "corée du sud":"KR", "costa rica":"CR", "cote d''ivoire":"CI",
"cote d’ivoire":"CI", "cpv":"CV", "cr":"CR", "cri":"CR", "croacia":"HR", "croatia":"HR",
"croatie":"HR", "cu":"CU", "cub":"CU", "cuba":"CU", "curacao":"CW", "curazao":"CW",
"curaÇao":"CW", "curaçao":"CW", "cuw":"CW", "cv":"CV", "cw":"CW", "cx":"CX", "cxr":"CX",
"cy":"CY", "cym":"KY", "cyp":"CY", "cyprus":"CY", "cz":"CZ", "cze":"CZ", "czech republic":"CZ",
"czechia":"CZ", "cÔte d’ivoire":"CI", "côte d''ivoire":"CI", "côte d’ivoire":"CI",
"danemark":"DK", "danmark":"DK", "de":"DE", "denmark":"DK", "deu":"DE", "deutschland":"DE",
"dinamarca":"DK", "dj":"DJ", "dji":"DJ", "djibouti":"DJ", "dk":"DK", "dm":"DM", "dma":"DM",
"dnk":"DK", "do":"DO", "dom":"DO", "dominica":"DM", "dominican republic":"DO",
"dominikanische republik":"DO", "dominique":"DM", "dschibuti":"DJ", "dz":"DZ", "dza":"DZ",
"dÄnemark":"DK", "dänemark":"DK", "ec":"EC", "ecu":"EC", "ecuador":"EC", "ee":"EE",
"ee. uu.":"US", "eeuu":"US", "eg":"EG", "egipto":"EG", "egy":"EG", "egypt":"EG", "egypte":"EG",
"eh":"EH", "eire":"IE", "el salvador":"SV", "emiratos arabes unidos":"AE",
"emiratos Árabes unidos":"AE", "emiratos árabes unidos":"AE", "emirats arabes unis":"AE",
"england":"GB", "equateur":"EC", "equatorial guinea":"GQ", "er":"ER", "eri":"ER", "eritrea":"ER",
"erythree":"ER", "es":"ES", "esh":"EH", "eslovaquia":"SK", "eslovenia":"SI", "esp":"ES",
"espagne":"ES", "espana":"ES", "espaÑa":"ES", "españa":"ES", "est":"EE", "estados unidos":"US",
"estland":"EE", "estonia":"EE", "estonie":"EE", "esuatini":"SZ", "eswatini":"SZ", "et":"ET",
"etat de la cite du vatican":"VA", "etats-unis":"US", "eth":"ET", "ethiopia":"ET",
"ethiopie":"ET", "etiopia":"ET", "etiopÍa":"ET", "etiopía":"ET", "falkland islands":"FK",
"falkland islands (malvinas)":"FK", "falklandinseln":"FK", "faroe islands":"FO", "faroer":"FO",
"fi":"FI", "fidji":"FJ", "fidschi":"FJ", "fiji":"FJ", "filipinas":"PH", "fin":"FI",
"finland":"FI", "finlande":"FI", "finlandia":"FI", "finnland":"FI", "fiyi":"FJ", "fj":"FJ",
"fji":"FJ", "fk":"FK", "flk":"FK", "fm":"FM", "fo":"FO", "fr":"FR", "fra":"FR", "france":"FR",
"francia":"FR", "frankreich":"FR", "franzosisch-guayana":"GF", "franzosisch-polynesien":"PF",
"franzosische sud- und antarktisgebiete":"TF", "franzÖsisch-guayana":"GF",
"franzÖsisch-polynesien":"PF", "franzÖsische sÜd- und antarktisgebiete":"TF",
"französisch-guayana":"GF", "französisch-polynesien":"PF",
"französische süd- und antarktisgebiete":"TF", "french guiana":"GF", "french polynesia":"PF",
"french southern territories":"TF", "fro":"FO", "fsm":"FM", "fÄrÖer":"FO", "färöer":"FO",
"ga":"GA", "gab":"GA", "gabon":"GA", "gabun":"GA", "gabÓn":"GA", "gabón":"GA", "gambia":"GM",
"gambie":"GM", "gb":"GB", "gbr":"GB", "gd":"GD", "ge":"GE", "geo":"GE", "georgia":"GE",
"georgie":"GE", "georgie du sud-et-les iles sandwich du sud":"GS", "georgien":"GE",
"germany":"DE", "gf":"GF", "gg":"GG", "ggy":"GG", "gh":"GH", "gha":"GH", "ghana":"GH", "gi":"GI",
"gib":"GI", "gibraltar":"GI", "gin":"GN", "gl":"GL", "glp":"GP", "gm":"GM", "gmb":"GM",
"gn":"GN", "gnb":"GW", "gnq":"GQ", "gp":"GP", "gq":"GQ", "gr":"GR", "granada":"GD", "grc":"GR",
"grd":"GD", "great britain":"GB", "grece":"GR", "grecia":"GR", "greece":"GR", "greenland":"GL",
"grenada":"GD", "grenade":"GD", "griechenland":"GR", "grl":"GL", "groenland":"GL",
"groenlandia":"GL", "gronland":"GL", "grÈce":"GR", "grÖnland":"GL", "grèce":"GR",
"grönland":"GL", "gs":"GS", "gt":"GT", "gtm":"GT", "gu":"GU", "guadalupe":"GP",
"guadeloupe":"GP", "guam":"GU", "guatemala":"GT", "guayana francesa":"GF", "guernesey":"GG",
"guernsey":"GG", "guf":"GF", "guinea":"GN", "guinea ecuatorial":"GQ", "guinea-bisau":"GW",
"guinea-bissau":"GW", "guinea-bisÁu":"GW", "guinea-bisáu":"GW", "guinee":"GN",
"guinee equatoriale":"GQ", "guinee-bissau":"GW", "guinÉe":"GN", "guinÉe Équatoriale":"GQ",
"guinÉe-bissau":"GW", "guinée":"GN", "guinée équatoriale":"GQ", "guinée-bissau":"GW", "gum":"GU",
"guy":"GY", "guyana":"GY", "guyane francaise":"GF", "guyane franÇaise":"GF",
"guyane française":"GF", "gw":"GW", "gy":"GY", "gÉorgie":"GE",
"gÉorgie du sud-et-les Îles sandwich du sud":"GS", "géorgie":"GE",
"géorgie du sud-et-les Îles sandwich du sud":"GS",
"géorgie du sud-et-les îles sandwich du sud":"GS", "haiti":"HT", "haitÍ":"HT", "haití":"HT",
"haÏti":"HT", "haïti":"HT", "heard & mcdonald islands":"HM",
"heard island and mcdonald islands":"HM", "heard und mcdonaldinseln":"HM", "hk":"HK", "hkg":"HK",
"hm":"HM", "hmd":"HM", "hn":"HN", "hnd":"HN", "holland":"NL",
"holy see (vatican city state)":"VA", "honduras":"HN", "hong kong":"HK",
"hong kong sar china":"HK", "hongrie":"HU", "hr":"HR", "hrv":"HR", "ht":"HT", "hti":"HT",
"hu":"HU", "hun":"HU", "hungary":"HU", "hungria":"HU", "hungrÍa":"HU", "hungría":"HU",
"iceland":"IS", "id":"ID", "idn":"ID", "ie":"IE", "il":"IL", "ile bouvet":"BV",
"ile christmas":"CX", "ile de man":"IM", "ile norfolk":"NF", "iles aland":"AX",
"iles caimans":"KY", "iles cocos":"CC", "iles cook":"CK", "iles feroe":"FO",
"iles heard-et-macdonald":"HM", "iles malouines":"FK", "iles mariannes du nord":"MP",
"iles marshall":"MH", "iles mineures eloignees des etats-unis":"UM", "iles pitcairn":"PN",
"iles salomon":"SB", "iles turques-et-caiques":"TC", "iles vierges britanniques":"VG",
"iles vierges des etats-unis":"VI", "im":"IM", "imn":"IM", "in":"IN", "ind":"IN", "inde":"IN",
"india":"IN", "indien":"IN", "indonesia":"ID", "indonesie":"ID", "indonesien":"ID",
"indonÉsie":"ID", "indonésie":"ID", "io":"IO", "iot":"IO", "iq":"IQ", "ir":"IR", "irak":"IQ",
"iran":"IR", "iran, islamic republic of":"IR", "iraq":"IQ", "ireland":"IE", "irl":"IE",
"irland":"IE", "irlanda":"IE", "irlande":"IE", "irn":"IR", "irq":"IQ", "irÁn":"IR", "irán":"IR",
"is":"IS", "isl":"IS", "isla bouvet":"BV", "isla de man":"IM", "isla de navidad":"CX",
"isla norfolk":"NF", "island":"IS", "islande":"IS", "islandia":"IS", "islas aland":"AX",
"islas caiman":"KY", "islas caimÁn":"KY", "islas caimán":"KY", "islas cocos":"CC",
"islas cook":"CK", "islas feroe":"FO", "islas georgia del sur y sandwich del sur":"GS",
"islas heard y mcdonald":"HM", "islas malvinas":"FK", "islas marianas del norte":"MP",
"islas marshall":"MH", "islas menores alejadas de ee. uu.":"UM", "islas pitcairn":"PN",
"islas salomon":"SB", "islas salomÓn":"SB", "islas salomón":"SB", "islas turcas y caicos":"TC",
"islas virgenes britanicas":"VG", "islas virgenes de ee. uu.":"VI",
"islas vÍrgenes britÁnicas":"VG", "islas vÍrgenes de ee. uu.":"VI",
"islas vírgenes británicas":"VG", "islas vírgenes de ee. uu.":"VI", "isle of man":"IM",
"isr":"IL", "israel":"IL", "israËl":"IL", "israël":"IL", "it":"IT", "ita":"IT", "italia":"IT",
"italie":"IT", "italien":"IT", "italy":"IT", "ivory coast":"CI", "jam":"JM", "jamaica":"JM",
"jamaika":"JM", "jamaique":"JM", "jamaÏque":"JM", "jamaïque":"JM", "japan":"JP", "japon":"JP",
"japÓn":"JP", "japón":"JP", "je":"JE", "jemen":"YE", "jersey":"JE", "jey":"JE", "jm":"JM",
"jo":"JO", "jor":"JO", "jordan":"JO", "jordania":"JO", "jordanie":"JO", "jordanien":"JO",
"jp":"JP", "jpn":"JP", "kaimaninseln":"KY", "kambodscha":"KH", "kamerun":"CM", "kanada":"CA",
"karibische niederlande":"BQ", "kasachstan":"KZ", "katar":"QA", "kaz":"KZ", "kazajistan":"KZ",
"kazajistÁn":"KZ", "kazajistán":"KZ", "kazakhstan":"KZ", "ke":"KE", "ken":"KE", "kenia":"KE",
"kenya":"KE", "kg":"KG", "kgz":"KG", "kh":"KH", "khm":"KH", "ki":"KI", "kir":"KI",
"kirghizstan":"KG", "kirgisistan":"KG", "kirguistan":"KG", "kirguistÁn":"KG", "kirguistán":"KG",
"kiribati":"KI", "km":"KM", "kn":"KN", "kna":"KN", "kokosinseln":"CC", "kolumbien":"CO",
"komoren":"KM", "kongo-brazzaville":"CG", "kongo-kinshasa":"CD", "kor":"KR", "korea":"KR",
"korea, democratic people''s republic of":"KP", "korea, republic of":"KR", "kosovo":"XK",
"koweit":"KW", "koweÏt":"KW", "koweït":"KW", "kp":"KP", "kr":"KR", "kroatien":"HR", "kuba":"CU",
"kuwait":"KW", "kw":"KW", "kwt":"KW", "ky":"KY", "kyrgyzstan":"KG", "kz":"KZ", "la":"LA",
"la reunion":"RE", "la rÉunion":"RE", "la réunion":"RE", "lao":"LA",
"lao people''s democratic republic":"LA", "laos":"LA", "latvia":"LV", "lb":"LB", "lbn":"LB",
"lbr":"LR", "lby":"LY", "lc":"LC", "lca":"LC", "lebanon":"LB", "lesotho":"LS", "lesoto":"LS",
"letonia":"LV", "lettland":"LV", "lettonie":"LV", "li":"LI", "liban":"LB", "libano":"LB",
"libanon":"LB", "liberia":"LR", "libia":"LY", "libya":"LY", "libye":"LY", "libyen":"LY",
"lie":"LI", "liechtenstein":"LI", "litauen":"LT", "lithuania":"LT", "lituania":"LT",
"lituanie":"LT", "lk":"LK", "lka":"LK", "lr":"LR", "ls":"LS", "lso":"LS", "lt":"LT", "ltu":"LT",
"lu":"LU", "lux":"LU", "luxembourg":"LU", "luxemburg":"LU", "luxemburgo":"LU", "lv":"LV",
"lva":"LV", "ly":"LY", "lÍbano":"LB", "líbano":"LB", "ma":"MA", "mac":"MO", "macao":"MO",
"macao sar china":"MO", "macedoine du nord":"MK", "macedonia":"MK", "macedonia del norte":"MK",
"macÉdoine du nord":"MK", "macédoine du nord":"MK", "madagascar":"MG", "madagaskar":"MG",
"maf":"MF", "magyarország":"HU", "malaisie":"MY", "malasia":"MY", "malaui":"MW", "malawi":"MW",
"malaysia":"MY", "maldivas":"MV", "maldives":"MV", "malediven":"MV", "mali":"ML", "malta":"MT",
"malte":"MT", "mar":"MA", "maroc":"MA", "marokko":"MA", "marruecos":"MA",
"marshall islands":"MH", "marshallinseln":"MH", "martinica":"MQ", "martinique":"MQ",
"mauretanien":"MR", "maurice":"MU", "mauricio":"MU", "mauritania":"MR", "mauritanie":"MR",
"mauritius":"MU", "mayotte":"YT", "mc":"MC", "mco":"MC", "md":"MD", "mda":"MD", "mdg":"MG",
"mdv":"MV", "me":"ME", "mex":"MX", "mexico":"MX", "mexiko":"MX", "mexique":"MX", "mf":"MF",
"mg":"MG", "mh":"MH", "mhl":"MH", "micronesia":"FM", "micronesia, federated states of":"FM",
"micronesie":"FM", "micronÉsie":"FM", "micronésie":"FM", "mikronesien":"FM", "mk":"MK",
"mkd":"MK", "ml":"ML", "mli":"ML", "mlt":"MT", "mm":"MM", "mmr":"MM", "mn":"MN", "mne":"ME",
"mng":"MN", "mnp":"MP", "mo":"MO", "moldavia":"MD", "moldavie":"MD", "moldova":"MD",
"moldova, republic of":"MD", "monaco":"MC", "mongolei":"MN", "mongolia":"MN", "mongolie":"MN",
"montenegro":"ME", "montserrat":"MS", "montÉnÉgro":"ME", "monténégro":"ME", "morocco":"MA",
"mosambik":"MZ", "moz":"MZ", "mozambique":"MZ", "mp":"MP", "mq":"MQ", "mr":"MR", "mrt":"MR",
"ms":"MS", "msr":"MS", "mt":"MT", "mtq":"MQ", "mu":"MU", "mus":"MU", "mv":"MV", "mw":"MW",
"mwi":"MW", "mx":"MX", "my":"MY", "myanmar":"MM", "myanmar (birmania)":"MM",
"myanmar (birmanie)":"MM", "myanmar (burma)":"MM", "mys":"MY", "myt":"YT", "mz":"MZ",
"mÉxico":"MX", "mÓnaco":"MC", "méxico":"MX", "mónaco":"MC", "na":"NA", "nam":"NA",
"namibia":"NA", "namibie":"NA", "nauru":"NR", "nc":"NC", "ncl":"NC", "ne":"NE", "nederland":"NL",
"nepal":"NP", "ner":"NE", "netherlands":"NL", "neukaledonien":"NC", "neuseeland":"NZ",
"new caledonia":"NC", "new zealand":"NZ", "nf":"NF", "nfk":"NF", "ng":"NG", "nga":"NG",
"ni":"NI", "nic":"NI", "nicaragua":"NI", "niederlande":"NL", "niger":"NE", "nigeria":"NG",
"niu":"NU", "niue":"NU", "nl":"NL", "nld":"NL", "no":"NO", "nor":"NO", "nordkorea":"KP",
"nordliche marianen":"MP", "nordmazedonien":"MK", "norfolk island":"NF", "norfolkinsel":"NF",
"norge":"NO", "north korea":"KP", "north macedonia":"MK", "northern ireland":"GB",
"northern mariana islands":"MP", "noruega":"NO", "norvege":"NO", "norvÈge":"NO", "norvège":"NO",
"norway":"NO", "norwegen":"NO", "nouvelle-caledonie":"NC", "nouvelle-calÉdonie":"NC",
"nouvelle-calédonie":"NC", "nouvelle-zelande":"NZ", "nouvelle-zÉlande":"NZ",
"nouvelle-zélande":"NZ", "np":"NP", "npl":"NP", "nr":"NR", "nru":"NR", "nu":"NU",
"nueva caledonia":"NC", "nueva zelanda":"NZ", "nz":"NZ", "nzl":"NZ", "nÉpal":"NP", "nÍger":"NE",
"nÖrdliche marianen":"MP", "népal":"NP", "níger":"NE", "nördliche marianen":"MP", "om":"OM",
"oman":"OM", "omn":"OM", "omÁn":"OM", "omán":"OM", "osterreich":"AT", "ouganda":"UG",
"ouzbekistan":"UZ", "ouzbÉkistan":"UZ", "ouzbékistan":"UZ", "pa":"PA", "paises bajos":"NL",
"pak":"PK", "pakistan":"PK", "pakistÁn":"PK", "pakistán":"PK", "palaos":"PW",
"palastinensische autonomiegebiete":"PS", "palau":"PW", "palestine, state of":"PS",
"palestinian territories":"PS", "palÄstinensische autonomiegebiete":"PS",
"palästinensische autonomiegebiete":"PS", "pan":"PA", "panama":"PA", "panamÁ":"PA",
"panamá":"PA", "papouasie-nouvelle-guinee":"PG", "papouasie-nouvelle-guinÉe":"PG",
"papouasie-nouvelle-guinée":"PG", "papua new guinea":"PG", "papua nueva guinea":"PG",
"papua-neuguinea":"PG", "papÚa nueva guinea":"PG", "papúa nueva guinea":"PG", "paraguay":"PY",
"pays bas":"NL", "pays-bas":"NL", "pays-bas caribeens":"BQ", "pays-bas caribÉens":"BQ",
"pays-bas caribéens":"BQ", "paÍses bajos":"NL", "países bajos":"NL", "pcn":"PN", "pe":"PE",
"per":"PE", "perou":"PE", "peru":"PE", "perÚ":"PE", "perú":"PE", "pf":"PF", "pg":"PG", "ph":"PH",
"philippinen":"PH", "philippines":"PH", "phl":"PH", "pitcairn":"PN", "pitcairn islands":"PN",
"pitcairninseln":"PN", "pk":"PK", "pl":"PL", "plw":"PW", "pm":"PM", "pn":"PN", "png":"PG",
"pol":"PL", "poland":"PL", "polen":"PL", "polinesia francesa":"PF", "pologne":"PL",
"polonia":"PL", "polska":"PL", "polynesie francaise":"PF", "polynÉsie franÇaise":"PF",
"polynésie française":"PF", "porto rico":"PR", "portugal":"PT", "pr":"PR", "pri":"PR",
"prk":"KP", "prt":"PT", "pry":"PY", "ps":"PS", "pse":"PS", "pt":"PT", "puerto rico":"PR",
"pw":"PW", "py":"PY", "pyf":"PF", "pÉrou":"PE", "pérou":"PE", "qa":"QA", "qat":"QA",
"qatar":"QA", "r.a.s. chinoise de hong kong":"HK", "r.a.s. chinoise de macao":"MO",
"rae de hong kong (china)":"HK", "rae de macao (china)":"MO", "re":"RE", "reino unido":"GB",
"republica centroafricana":"CF", "republica democratica del congo":"CD",
"republica dominicana":"DO", "republik moldau":"MD", "republique centrafricaine":"CF",
"republique dominicaine":"DO", "repÚblica centroafricana":"CF",
"repÚblica democrÁtica del congo":"CD", "repÚblica dominicana":"DO",
"república centroafricana":"CF", "república democrática del congo":"CD",
"república dominicana":"DO", "reu":"RE", "reunion":"RE", "reuniÓn":"RE", "reunión":"RE",
"ro":"RO", "romania":"RO", "românia":"RO", "rou":"RO", "roumanie":"RO", "royaume-uni":"GB",
"rs":"RS", "ru":"RU", "ruanda":"RW", "rumania":"RO", "rumanien":"RO", "rumanÍa":"RO",
"rumanía":"RO", "rumÄnien":"RO", "rumänien":"RO", "rus":"RU", "rusia":"RU", "russia":"RU",
"russian federation":"RU", "russie":"RU", "russland":"RU", "rw":"RW", "rwa":"RW", "rwanda":"RW",
"rÉpublique centrafricaine":"CF", "rÉpublique dominicaine":"DO", "rÉunion":"RE",
"république centrafricaine":"CF", "république dominicaine":"DO", "réunion":"RE", "sa":"SA",
"sahara occidental":"EH", "saint barthélemy":"BL",
"saint helena, ascension and tristan da cunha":"SH", "saint kitts and nevis":"KN",
"saint lucia":"LC", "saint martin (french part)":"MF", "saint pierre and miquelon":"PM",
"saint vincent and the grenadines":"VC", "saint-barthelemy":"BL", "saint-barthÉlemy":"BL",
"saint-barthélemy":"BL", "saint-christophe-et-nieves":"KN", "saint-christophe-et-niÉvÈs":"KN",
"saint-christophe-et-niévès":"KN", "saint-marin":"SM", "saint-martin":"MF",
"saint-martin (partie neerlandaise)":"SX", "saint-martin (partie nÉerlandaise)":"SX",
"saint-martin (partie néerlandaise)":"SX", "saint-pierre-et-miquelon":"PM",
"saint-vincent-et-les grenadines":"VC", "sainte-helene":"SH", "sainte-hÉlÈne":"SH",
"sainte-hélène":"SH", "sainte-lucie":"LC", "salomonen":"SB", "salvador":"SV", "sambia":"ZM",
"samoa":"WS", "samoa americaines":"AS", "samoa americana":"AS", "samoa amÉricaines":"AS",
"samoa américaines":"AS", "san bartolome":"BL", "san bartolomÉ":"BL", "san bartolomé":"BL",
"san cristobal y nieves":"KN", "san cristÓbal y nieves":"KN", "san cristóbal y nieves":"KN",
"san marino":"SM", "san martin":"MF", "san martÍn":"MF", "san martín":"MF",
"san pedro y miquelon":"PM", "san pedro y miquelÓn":"PM", "san pedro y miquelón":"PM",
"san vicente y las granadinas":"VC", "santa elena":"SH", "santa lucia":"LC", "santa lucÍa":"LC",
"santa lucía":"LC", "santo tome y principe":"ST", "santo tomÉ y prÍncipe":"ST",
"santo tomé y príncipe":"ST", "sao tome & principe":"ST", "sao tome and principe":"ST",
"sao tome und principe":"ST", "sao tome-et-principe":"ST", "sao tomÉ-et-principe":"ST",
"sao tomé-et-principe":"ST", "sau":"SA", "saudi arabia":"SA", "saudi-arabien":"SA", "sb":"SB",
"sc":"SC", "schweden":"SE", "schweiz":"CH", "scotland":"GB", "sd":"SD", "sdn":"SD", "se":"SE",
"sen":"SN", "senegal":"SN", "serbia":"RS", "serbie":"RS", "serbien":"RS", "seychellen":"SC",
"seychelles":"SC", "sg":"SG", "sgp":"SG", "sgs":"GS", "sh":"SH", "shn":"SH", "si":"SI",
"sierra leona":"SL", "sierra leone":"SL", "simbabwe":"ZW", "singapore":"SG", "singapour":"SG",
"singapur":"SG", "sint maarten":"SX", "sint maarten (dutch part)":"SX", "siria":"SY", "sj":"SJ",
"sjm":"SJ", "sk":"SK", "sl":"SL", "slb":"SB", "sle":"SL", "slovakia":"SK", "slovaquie":"SK",
"slovenia":"SI", "slovenie":"SI", "slovÉnie":"SI", "slovénie":"SI", "slowakei":"SK",
"slowenien":"SI", "slv":"SV", "sm":"SM", "smr":"SM", "sn":"SN", "so":"SO",
"solomon islands":"SB", "som":"SO", "somalia":"SO", "somalie":"SO",
"sonderverwaltungsregion hongkong":"HK", "sonderverwaltungsregion macau":"MO", "soudan":"SD",
"soudan du sud":"SS", "south africa":"ZA", "south georgia & south sandwich islands":"GS",
"south georgia and the south sandwich islands":"GS", "south korea":"KR", "south sudan":"SS",
"spain":"ES", "spanien":"ES", "spitzbergen und jan mayen":"SJ", "spm":"PM", "sr":"SR",
"srb":"RS", "sri lanka":"LK", "ss":"SS", "ssd":"SS", "st":"ST", "st. barthelemy":"BL",
"st. barthÉlemy":"BL", "st. barthélemy":"BL", "st. helena":"SH", "st. kitts & nevis":"KN",
"st. kitts und nevis":"KN", "st. lucia":"LC", "st. martin":"MF", "st. pierre & miquelon":"PM",
"st. pierre und miquelon":"PM", "st. vincent & grenadines":"VC",
"st. vincent und die grenadinen":"VC", "stp":"ST", "sudafrica":"ZA", "sudafrika":"ZA",
"sudan":"SD", "sudan del sur":"SS", "sudgeorgien und die sudlichen sandwichinseln":"GS",
"sudkorea":"KR", "sudsudan":"SS", "sudÁfrica":"ZA", "sudÁn":"SD", "sudÁn del sur":"SS",
"sudáfrica":"ZA", "sudán":"SD", "sudán del sur":"SS", "suecia":"SE", "suede":"SE", "suisse":"CH",
"suiza":"CH", "suomi":"FI", "sur":"SR", "surinam":"SR", "suriname":"SR", "suÈde":"SE",
"suède":"SE", "sv":"SV", "svalbard & jan mayen":"SJ", "svalbard and jan mayen":"SJ",
"svalbard et jan mayen":"SJ", "svalbard y jan mayen":"SJ", "sverige":"SE", "svizzera":"CH",
"svk":"SK", "svn":"SI", "swaziland":"SZ", "swe":"SE", "sweden":"SE", "switzerland":"CH",
"swz":"SZ", "sx":"SX", "sxm":"SX", "sy":"SY", "syc":"SC", "syr":"SY", "syria":"SY",
"syrian arab republic":"SY", "syrie":"SY", "syrien":"SY", "sz":"SZ", "sÁhara occidental":"EH",
"sÃo tomÉ & prÍncipe":"ST", "sÃo tomÉ und prÍncipe":"ST", "sÉnÉgal":"SN", "sÜdafrika":"ZA",
"sÜdgeorgien und die sÜdlichen sandwichinseln":"GS", "sÜdkorea":"KR", "sÜdsudan":"SS",
"sáhara occidental":"EH", "são tomé & príncipe":"ST", "são tomé und príncipe":"ST",
"sénégal":"SN", "südafrika":"ZA", "südgeorgien und die südlichen sandwichinseln":"GS",
"südkorea":"KR", "südsudan":"SS", "tadjikistan":"TJ", "tadschikistan":"TJ", "tailandia":"TH",
"taiwan":"TW", "taiwan, province of china":"TW", "taiwÁn":"TW", "taiwán":"TW", "tajikistan":"TJ",
"tansania":"TZ", "tanzania":"TZ", "tanzania, united republic of":"TZ", "tanzanie":"TZ",
"tayikistan":"TJ", "tayikistÁn":"TJ", "tayikistán":"TJ", "taÏwan":"TW", "taïwan":"TW", "tc":"TC",
"tca":"TC", "tcd":"TD", "tchad":"TD", "tchequie":"CZ", "tchÉquie":"CZ", "tchéquie":"CZ",
"td":"TD", "terres australes francaises":"TF", "terres australes franÇaises":"TF",
"terres australes françaises":"TF", "territoire britannique de l''ocean indien":"IO",
"territoire britannique de l''océan indien":"IO",
"territoire britannique de l’ocean indien":"IO", "territoire britannique de l’ocÉan indien":"IO",
"territoire britannique de l’océan indien":"IO", "territoires palestiniens":"PS",
"territorio britanico del oceano indico":"IO", "territorio britÁnico del ocÉano Índico":"IO",
"territorio británico del océano Índico":"IO", "territorio británico del océano índico":"IO",
"territorios australes franceses":"TF", "territorios palestinos":"PS", "tf":"TF", "tg":"TG",
"tgo":"TG", "th":"TH", "tha":"TH", "thailand":"TH", "thailande":"TH", "thaÏlande":"TH",
"thaïlande":"TH", "the netherlands":"NL", "timor oriental":"TL", "timor-leste":"TL", "tj":"TJ",
"tjk":"TJ", "tk":"TK", "tkl":"TK", "tkm":"TM", "tl":"TL", "tls":"TL", "tm":"TM", "tn":"TN",
"to":"TO", "togo":"TG", "tokelau":"TK", "ton":"TO", "tonga":"TO", "tr":"TR",
"trinidad & tobago":"TT", "trinidad and tobago":"TT", "trinidad und tobago":"TT",
"trinidad y tobago":"TT", "trinite-et-tobago":"TT", "trinitÉ-et-tobago":"TT",
"trinité-et-tobago":"TT", "tschad":"TD", "tschechien":"CZ", "tt":"TT", "tto":"TT", "tun":"TN",
"tunesien":"TN", "tunez":"TN", "tunisia":"TN", "tunisie":"TN", "tur":"TR", "turkei":"TR",
"turkey":"TR", "turkiye":"TR", "turkmenistan":"TM", "turkmenistÁn":"TM", "turkmenistán":"TM",
"turkmÉnistan":"TM", "turkménistan":"TM", "turks & caicos islands":"TC",
"turks and caicos islands":"TC", "turks- und caicosinseln":"TC", "turquia":"TR", "turquie":"TR",
"turquÍa":"TR", "turquía":"TR", "tuv":"TV", "tuvalu":"TV", "tv":"TV", "tw":"TW", "twn":"TW",
"tz":"TZ", "tza":"TZ", "tÚnez":"TN", "tÜrkei":"TR", "tÜrkiye":"TR", "túnez":"TN", "türkei":"TR",
"türkiye":"TR", "u.k.":"GB", "u.s.":"US", "u.s. outlying islands":"UM",
"u.s. virgin islands":"VI", "u.s.a.":"US", "ua":"UA", "uae":"AE", "ucrania":"UA", "ug":"UG",
"uga":"UG", "uganda":"UG", "uk":"GB", "ukr":"UA", "ukraine":"UA", "um":"UM", "umi":"UM",
"ungarn":"HU", "united arab emirates":"AE", "united kingdom":"GB", "united states":"US",
"united states minor outlying islands":"UM", "united states of america":"US", "uruguay":"UY",
"ury":"UY", "us":"US", "usa":"US", "usbekistan":"UZ", "uy":"UY", "uz":"UZ", "uzb":"UZ",
"uzbekistan":"UZ", "uzbekistÁn":"UZ", "uzbekistán":"UZ", "va":"VA", "vanuatu":"VU", "vat":"VA",
"vatican city":"VA", "vatikanstadt":"VA", "vc":"VC", "vct":"VC", "ve":"VE", "ven":"VE",
"venezuela":"VE", "venezuela, bolivarian republic of":"VE", "vereinigte arabische emirate":"AE",
"vereinigte staaten":"US", "vereinigtes konigreich":"GB", "vereinigtes kÖnigreich":"GB",
"vereinigtes königreich":"GB", "vg":"VG", "vgb":"VG", "vi":"VI", "viet nam":"VN", "vietnam":"VN",
"vir":"VI", "virgin islands, british":"VG", "virgin islands, u.s.":"VI", "viÊt nam":"VN",
"viêt nam":"VN", "vn":"VN", "vnm":"VN", "vu":"VU", "vut":"VU", "wales":"GB",
"wallis & futuna":"WF", "wallis and futuna":"WF", "wallis und futuna":"WF",
"wallis y futuna":"WF", "wallis-et-futuna":"WF", "weihnachtsinsel":"CX", "western sahara":"EH",
"westsahara":"EH", "wf":"WF", "wlf":"WF", "ws":"WS", "wsm":"WS", "ye":"YE", "yem":"YE",
"yemen":"YE", "yibuti":"DJ", "yt":"YT", "yÉmen":"YE", "yémen":"YE", "za":"ZA", "zaf":"ZA",
"zambia":"ZM", "zambie":"ZM", "zentralafrikanische republik":"CF", "zimbabue":"ZW",
"zimbabwe":"ZW", "zm":"ZM", "zmb":"ZM", "zw":"ZW", "zwe":"ZW", "zypern":"CY", "Ägypten":"EG",
"Äquatorialguinea":"GQ", "Äthiopien":"ET", "Åland islands":"AX", "Ålandinseln":"AX",
"Égypte":"EG", "Émirats arabes unis":"AE", "Équateur":"EC", "ÉrythrÉe":"ER", "Érythrée":"ER",
"État de la citÉ du vatican":"VA", "État de la cité du vatican":"VA", "États-unis":"US",
"Éthiopie":"ET", "Île bouvet":"BV", "Île christmas":"CX", "Île de man":"IM", "Île norfolk":"NF",
"Îles caÏmans":"KY", "Îles caïmans":"KY", "Îles cocos":"CC", "Îles cook":"CK", "Îles fÉroÉ":"FO",
"Îles féroé":"FO", "Îles heard-et-macdonald":"HM", "Îles malouines":"FK",
"Îles mariannes du nord":"MP", "Îles marshall":"MH",
"Îles mineures ÉloignÉes des États-unis":"UM", "Îles mineures éloignées des États-unis":"UM",
"Îles pitcairn":"PN", "Îles salomon":"SB", "Îles turques-et-caÏques":"TC",
"Îles turques-et-caïques":"TC", "Îles vierges britanniques":"VG",
"Îles vierges des États-unis":"VI", "Îles Åland":"AX", "Österreich":"AT", "ägypten":"EG",
"äquatorialguinea":"GQ", "äthiopien":"ET", "åland islands":"AX", "ålandinseln":"AX",
"égypte":"EG", "émirats arabes unis":"AE", "équateur":"EC", "érythrée":"ER",
"état de la cité du vatican":"VA", "états unis":"US", "états-unis":"US", "éthiopie":"ET",
"île bouvet":"BV", "île christmas":"CX", "île de man":"IM", "île norfolk":"NF",
"îles caïmans":"KY", "îles cocos":"CC", "îles cook":"CK", "îles féroé":"FO",
"îles heard-et-macdonald":"HM", "îles malouines":"FK", "îles mariannes du nord":"MP",
"îles marshall":"MH", "îles mineures éloignées des états-unis":"UM", "îles pitcairn":"PN",
"îles salomon":"SB", "îles turques-et-caïques":"TC", "îles vierges britanniques":"VG",
"îles vierges des états-unis":"VI", "îles åland":"AX", "österreich":"AT", "česko":"CZ",
"ελλάδα":"GR", "россия":"RU", "भारत":"IN", "中国":"CN", "日本":"JP"}'::jsonb ->> lower(btrim(name) COLLATE "C");
END
$$;

-- The country of a number's calling code, as libphonenumber 9 has them; longest code first.
CREATE FUNCTION country_dialled(mobile text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    found text;
BEGIN
    FOR length IN REVERSE 5..2 LOOP
        found := '{"+1":"US", "+1204":"CA", "+1226":"CA", "+1236":"CA", "+1242":"BS", "+1246":"BB", "+1249":"CA",
"+1250":"CA", "+1257":"CA", "+1263":"CA", "+1264":"AI", "+1268":"AG", "+1273":"CA", "+1284":"VG",
"+1289":"CA", "+1306":"CA", "+1340":"VI", "+1343":"CA", "+1345":"KY", "+1354":"CA", "+1365":"CA",
"+1367":"CA", "+1368":"CA", "+1382":"CA", "+1403":"CA", "+1416":"CA", "+1418":"CA", "+1428":"CA",
"+1431":"CA", "+1437":"CA", "+1438":"CA", "+1441":"BM", "+1450":"CA", "+1468":"CA", "+1473":"GD",
"+1474":"CA", "+1506":"CA", "+1514":"CA", "+1519":"CA", "+1548":"CA", "+1579":"CA", "+1581":"CA",
"+1584":"CA", "+1587":"CA", "+1600":"CA", "+1604":"CA", "+1613":"CA", "+1622":"CA", "+1633":"CA",
"+1639":"CA", "+1647":"CA", "+1649":"TC", "+1658":"JM", "+1664":"MS", "+1670":"MP", "+1671":"GU",
"+1672":"CA", "+1683":"CA", "+1684":"AS", "+1705":"CA", "+1709":"CA", "+1721":"SX", "+1742":"CA",
"+1753":"CA", "+1758":"LC", "+1767":"DM", "+1778":"CA", "+1780":"CA", "+1782":"CA", "+1784":"VC",
"+1787":"PR", "+1807":"CA", "+1809":"DO", "+1819":"CA", "+1825":"CA", "+1829":"DO", "+1849":"DO",
"+1867":"CA", "+1868":"TT", "+1869":"KN", "+1873":"CA", "+1876":"JM", "+1879":"CA", "+1902":"CA",
"+1905":"CA", "+1939":"PR", "+1942":"CA", "+20":"EG", "+211":"SS", "+212":"MA", "+213":"DZ",
"+216":"TN", "+218":"LY", "+220":"GM", "+221":"SN", "+222":"MR", "+223":"ML", "+224":"GN",
"+225":"CI", "+226":"BF", "+227":"NE", "+228":"TG", "+229":"BJ", "+230":"MU", "+231":"LR",
"+232":"SL", "+233":"GH", "+234":"NG", "+235":"TD", "+236":"CF", "+237":"CM", "+238":"CV",
"+239":"ST", "+240":"GQ", "+241":"GA", "+242":"CG", "+243":"CD", "+244":"AO", "+245":"GW",
"+246":"IO", "+247":"AC", "+248":"SC", "+249":"SD", "+250":"RW", "+251":"ET", "+252":"SO",
"+253":"DJ", "+254":"KE", "+255":"TZ", "+256":"UG", "+257":"BI", "+258":"MZ", "+260":"ZM",
"+261":"MG", "+262":"RE", "+263":"ZW", "+264":"NA", "+265":"MW", "+266":"LS", "+267":"BW",
"+268":"SZ", "+269":"KM", "+27":"ZA", "+290":"SH", "+291":"ER", "+297":"AW", "+298":"FO",
"+299":"GL", "+30":"GR", "+31":"NL", "+32":"BE", "+33":"FR", "+34":"ES", "+350":"GI",
"+351":"PT", "+352":"LU", "+353":"IE", "+354":"IS", "+355":"AL", "+356":"MT", "+357":"CY",
"+358":"FI", "+359":"BG", "+36":"HU", "+370":"LT", "+371":"LV", "+372":"EE", "+373":"MD",
"+374":"AM", "+375":"BY", "+376":"AD", "+377":"MC", "+378":"SM", "+380":"UA", "+381":"RS",
"+382":"ME", "+383":"XK", "+385":"HR", "+386":"SI", "+387":"BA", "+389":"MK", "+39":"IT",
"+40":"RO", "+41":"CH", "+420":"CZ", "+421":"SK", "+423":"LI", "+43":"AT", "+44":"GB",
"+45":"DK", "+46":"SE", "+47":"NO", "+48":"PL", "+49":"DE", "+500":"FK", "+501":"BZ",
"+502":"GT", "+503":"SV", "+504":"HN", "+505":"NI", "+506":"CR", "+507":"PA", "+508":"PM",
"+509":"HT", "+51":"PE", "+52":"MX", "+53":"CU", "+54":"AR", "+55":"BR", "+56":"CL", "+57":"CO",
"+58":"VE", "+590":"GP", "+591":"BO", "+592":"GY", "+593":"EC", "+594":"GF", "+595":"PY",
"+596":"MQ", "+597":"SR", "+598":"UY", "+599":"CW", "+60":"MY", "+61":"AU", "+62":"ID",
"+63":"PH", "+64":"NZ", "+65":"SG", "+66":"TH", "+670":"TL", "+672":"NF", "+673":"BN",
"+674":"NR", "+675":"PG", "+676":"TO", "+677":"SB", "+678":"VU", "+679":"FJ", "+680":"PW",
"+681":"WF", "+682":"CK", "+683":"NU", "+685":"WS", "+686":"KI", "+687":"NC", "+688":"TV",
"+689":"PF", "+690":"TK", "+691":"FM", "+692":"MH", "+7":"RU", "+76":"KZ", "+77":"KZ",
"+81":"JP", "+82":"KR", "+84":"VN", "+850":"KP", "+852":"HK", "+853":"MO", "+855":"KH",
"+856":"LA", "+86":"CN", "+880":"BD", "+886":"TW", "+90":"TR", "+91":"IN", "+92":"PK",
"+93":"AF", "+94":"LK", "+95":"MM", "+960":"MV", "+961":"LB", "+962":"JO", "+963":"SY",
"+964":"IQ", "+965":"KW", "+966":"SA", "+967":"YE", "+968":"OM", "+970":"PS", "+971":"AE",
"+972":"IL", "+973":"BH", "+974":"QA", "+975":"BT", "+976":"MN", "+977":"NP", "+98":"IR",
"+992":"TJ", "+993":"TM", "+994":"AZ", "+995":"GE", "+996":"KG", "+998":"UZ"}'::jsonb ->> left(mobile, length);
        EXIT WHEN found IS NOT NULL;
    END LOOP;
    RETURN found;
END
$$;

-- `list_active` is false while a deactivated list holds the contact. `source` is what made it.
-- `reach` says how it can be reached: E(-mail), M(obile), L(andline), A(ctive), D(eactivated by a
-- list), U(nsubscribed); then why not by e-mail, SMS and voice: the first letter of the strongest
-- opt-out, or a dash. 'EMA/-u-' has both addresses and wants no SMS.
ALTER TABLE contacts
    ADD COLUMN list_active boolean NOT NULL DEFAULT true,
    ADD COLUMN source text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN reach text COLLATE "C" GENERATED ALWAYS AS (
        CASE WHEN email_key IS NULL THEN '' ELSE 'E' END
        || CASE WHEN mobile IS NULL THEN '' ELSE 'M' END
        || CASE WHEN coalesce(fields ->> 'phone', '') = '' THEN '' ELSE 'L' END
        || CASE WHEN is_active THEN 'A' ELSE '' END
        || CASE WHEN list_active THEN '' ELSE 'D' END
        || CASE WHEN unsubscribed_at IS NULL THEN '' ELSE 'U' END
        || '/' || coalesce(left(email_optout, 1), '-')
        || coalesce(left(sms_optout, 1), '-')
        || coalesce(left(voice_optout, 1), '-')) STORED,
    ADD COLUMN country text COLLATE "C" GENERATED ALWAYS AS (
        coalesce(country_named(fields ->> 'country'), country_dialled(mobile), '')) STORED;

UPDATE contacts AS c
   SET source = e.source
  FROM (SELECT DISTINCT ON (account_id, contact_id) account_id, contact_id, source
          FROM events
         WHERE kind IN ('created', 'imported')
         ORDER BY account_id, contact_id, at, id) AS e
 WHERE c.account_id = e.account_id AND c.id = e.contact_id;

-- How many contacts are what: 'r:' and a `reach`, 'c:' and a country, 's:' and a source. `tag_id` 0
-- is the whole account.
CREATE TABLE contact_counts (
    account_id integer NOT NULL,
    tag_id     integer NOT NULL,
    what       text    COLLATE "C" NOT NULL,
    contacts   bigint  NOT NULL,
    CONSTRAINT contact_counts_pkey PRIMARY KEY (account_id, tag_id, what)
) WITH (fillfactor = 50);

-- What came and went on a day (UTC): contacts of the account, carriers of a tag. `opted_out` had no
-- opt-out before and has one since.
CREATE TABLE contact_days (
    account_id integer NOT NULL,
    tag_id     integer NOT NULL,
    day        date    NOT NULL,
    joined     bigint  NOT NULL DEFAULT 0,
    gone       bigint  NOT NULL DEFAULT 0,
    opted_out  bigint  NOT NULL DEFAULT 0,
    CONSTRAINT contact_days_pkey PRIMARY KEY (account_id, tag_id, day)
) WITH (fillfactor = 50);

-- The same of lists.
CREATE TABLE list_counts (
    account_id integer NOT NULL,
    list_id    uuid    NOT NULL,
    what       text    COLLATE "C" NOT NULL,
    contacts   bigint  NOT NULL,
    CONSTRAINT list_counts_pkey PRIMARY KEY (account_id, list_id, what)
) WITH (fillfactor = 50);
CREATE TABLE list_days (
    account_id integer NOT NULL,
    list_id    uuid    NOT NULL,
    day        date    NOT NULL,
    joined     bigint  NOT NULL DEFAULT 0,
    gone       bigint  NOT NULL DEFAULT 0,
    opted_out  bigint  NOT NULL DEFAULT 0,
    CONSTRAINT list_days_pkey PRIMARY KEY (account_id, list_id, day)
) WITH (fillfactor = 50);

-- How many contacts have a value of that many characters in a field; a list or an object has 0.
CREATE TABLE field_lengths (
    account_id integer NOT NULL,
    name       text    COLLATE "C" NOT NULL,
    length     integer NOT NULL,
    contacts   bigint  NOT NULL,
    CONSTRAINT field_lengths_pkey PRIMARY KEY (account_id, name, length)
) WITH (fillfactor = 50);

INSERT INTO contact_counts (account_id, tag_id, what, contacts)
SELECT c.account_id, t.tag_id, w.what, count(*)
  FROM contacts AS c
  JOIN contact_signals AS s
    ON s.account_id = c.account_id AND s.contact_id = c.id
 CROSS JOIN LATERAL (SELECT 0 AS tag_id UNION ALL SELECT unnest(s.tags)) AS t
 CROSS JOIN LATERAL (VALUES ('r:' || c.reach), ('c:' || c.country), ('s:' || c.source)) AS w(what)
 GROUP BY c.account_id, t.tag_id, w.what;
INSERT INTO list_counts (account_id, list_id, what, contacts)
SELECT c.account_id, m.list_id, w.what, count(*)
  FROM list_members AS m
  JOIN lists AS l
    ON l.account_id = m.account_id AND l.id = m.list_id
  JOIN contacts AS c
    ON c.account_id = m.account_id AND c.id = m.contact_id
 CROSS JOIN LATERAL (VALUES ('r:' || c.reach), ('c:' || c.country), ('s:' || c.source)) AS w(what)
 GROUP BY c.account_id, m.list_id, w.what;
INSERT INTO contact_days (account_id, tag_id, day, joined)
SELECT account_id, 0, (created_at AT TIME ZONE 'UTC')::date, count(*)
  FROM contacts
 GROUP BY account_id, (created_at AT TIME ZONE 'UTC')::date;
INSERT INTO list_days (account_id, list_id, day, joined)
SELECT m.account_id, m.list_id, (m.joined_at AT TIME ZONE 'UTC')::date, count(*)
  FROM list_members AS m
  JOIN lists AS l
    ON l.account_id = m.account_id AND l.id = m.list_id
 GROUP BY m.account_id, m.list_id, (m.joined_at AT TIME ZONE 'UTC')::date;
INSERT INTO field_lengths (account_id, name, length, contacts)
SELECT c.account_id, f.key, f.length, count(*)
  FROM contacts AS c
 CROSS JOIN LATERAL (
       SELECT key, CASE WHEN jsonb_typeof(value) IN ('array', 'object') THEN 0
                        ELSE length(value #>> '{}') END AS length
         FROM jsonb_each(c.fields)) AS f
 GROUP BY c.account_id, f.key, f.length;
DROP TABLE counters;
