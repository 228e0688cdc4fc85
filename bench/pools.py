# Vendored sample generator (part of this project's test data; standard library only). Linters leave it alone; change it only together with the truth it writes.
"""Name, place, phone and company pools for the contact generator, one block per country.

Notation: lists are comma separated; `native|latin|reading` gives one word in several scripts;
`a/b/c` gives spellings of one place; in patterns `#` is a digit, `*` a digit 2-9, `@` a capital letter.
"""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class City:
    spellings: tuple[str, ...]
    region: str
    postcode: str
    landline: str


@dataclass(frozen=True, slots=True, eq=False)      # one object a country: equality is identity, and cheap as a cache key
class Country:
    code: str
    spellings: tuple[str, ...]
    calling: str
    trunk: str
    weight: float
    male: tuple[str, ...]
    female: tuple[str, ...]
    surnames: tuple[str, ...]
    surnames_f: tuple[str, ...]
    tail: tuple[tuple[str, ...], tuple[str, ...]]
    middles_m: tuple[str, ...]
    middles_f: tuple[str, ...]
    middle_rate: float
    second_surname: str
    surname_first: bool
    mobile: tuple[str, ...]
    cities: tuple[City, ...]
    streets: tuple[str, ...]
    street_form: str
    firms: tuple[str, ...]
    forms: tuple[str, ...]
    jobs: tuple[str, ...]
    mails: tuple[str, ...]
    tld: str
    titles: tuple[str, str]
    date_form: str


def words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _city(line: str) -> City:
    names, region, postcode, landline = line.split(";")
    return City(tuple(names.strip().split("/")), region, postcode, landline.strip())


def country(code: str, spellings: str, calling: str, trunk: str, weight: float, *, male: str, female: str,
            surnames: str, mobile: str, cities: tuple[str, ...], streets: str, firms: str, forms: str,
            mails: str, tld: str, surnames_f: str = "", tail: str = "+", middles_m: str = "", middles_f: str = "",
            middle_rate: float = 0.15, second_surname: str = "", surname_first: bool = False,
            street_form: str = "{street} {n}", jobs: str = "", titles: tuple[str, str] = ("Mr.", "Ms."),
            date_form: str = "%d/%m/%Y") -> Country:
    """Build a Country; `tail` is "prefixes + suffixes" from which the rarer surnames are put together."""
    start, end = tail.split("+")
    return Country(code, tuple(spellings.split("/")), calling, trunk, weight, words(male), words(female),
                   words(surnames), words(surnames_f) or words(surnames), (words(start), words(end)),
                   words(middles_m) or words(male), words(middles_f) or words(female), middle_rate, second_surname,
                   surname_first, words(mobile), tuple(map(_city, cities)), words(streets), street_form,
                   words(firms), tuple(forms.split(";")), words(jobs), words(mails), tld, titles, date_form)


_EN_M = ("James,Robert,John,Michael,David,William,Richard,Joseph,Thomas,Christopher,Charles,Daniel,Matthew,Anthony,Mark,"
         "Steven,Andrew,Edward,Samuel,Benjamin,Nicholas,Alexander,Jonathan,Gregory,Patrick,Timothy,Kenneth,Henry")
_EN_F = ("Mary,Patricia,Jennifer,Elizabeth,Susan,Margaret,Sarah,Karen,Katherine,Deborah,Rebecca,Jessica,Emily,Victoria,"
         "Amanda,Stephanie,Christine,Samantha,Rachel,Abigail,Olivia,Hannah,Megan,Alexandra,Mary Anne,Charlotte,Theresa,Judith")
_EN_TAIL = ("Ash,Brad,Black,Clay,Cross,East,Fair,Gold,Green,Hart,Hather,Holl,Kings,Lang,Marsh,Middle,Nor,Oak,Pem,Rock,"
            "Shel,Stan,Thorn,Wal,West,Whit,Win + worth,bury,ton,field,ford,land,ley,well,more,wood,brook,den,by,ham,ridge,stone")
_ES_TAIL = "Alta,Bella,Casa,Fuen,Monte,Mira,Pala,Sala,Torre,Villa,Vera,Campo + mayor,flores,fuerte,nueva,rrosa,bella,mar,lobos,real,sol"
_ES_M = ("José,Juan,Antonio,Manuel,Francisco,Carlos,Miguel,Javier,Jesús,Luis,Pedro,Ángel,Rafael,Fernando,Alejandro,Sergio,"
         "Andrés,Ramón,Joaquín,Ignacio,Juan Carlos,José Luis,José María,Iñaki,Álvaro,Rubén")
_ES_F = ("María,Carmen,Ana,Isabel,Dolores,Pilar,Teresa,Rosa,Cristina,Lucía,Elena,Marta,Beatriz,Raquel,Concepción,Mercedes,"
         "Guadalupe,Francisca,María José,Ana María,Inés,Sofía,Nuria,Begoña,Verónica,Ángela")
_ES_S = ("García,Rodríguez,González,Fernández,López,Martínez,Sánchez,Pérez,Gómez,Martín,Jiménez,Ruiz,Hernández,Díaz,Moreno,"
         "Muñoz,Álvarez,Romero,Alonso,Gutiérrez,Navarro,Torres,Domínguez,Vázquez,Ramos,Gil,Ramírez,Serrano,Blanco,Molina,"
         "Núñez,Ibáñez,de la Fuente,del Río,de la Cruz,Ortiz de Zárate,Peña,Castaño")
_CN_CHARS = ("伟|Wei,芳|Fang,娜|Na,敏|Min,静|Jing,丽|Li,强|Qiang,磊|Lei,军|Jun,洋|Yang,勇|Yong,艳|Yan,杰|Jie,涛|Tao,明|Ming,超|Chao,"
             "霞|Xia,平|Ping,刚|Gang,桂英|Guiying,晓明|Xiaoming,建国|Jianguo,志强|Zhiqiang,秀兰|Xiulan,雪梅|Xuemei,海燕|Haiyan,文博|Wenbo,"
             "子涵|Zihan,浩然|Haoran,欣怡|Xinyi,宇轩|Yuxuan,梓萱|Zixuan,思远|Siyuan,丽娟|Lijuan,国栋|Guodong,春梅|Chunmei,家豪|Jiahao,雨桐|Yutong")
_PL_S = ("Nowak,Wójcik,Kowalczyk,Woźniak,Mazur,Krawczyk,Kaczmarek,Zając,Król,Wróbel,Dudek,Pawlak,Kowalski,Wiśniewski,"
         "Lewandowski,Zieliński,Szymański,Dąbrowski,Kozłowski,Jankowski,Grabowski,Wojciechowski,Kwiatkowski,Jabłoński,Sikorski")

COUNTRIES: tuple[Country, ...] = (
    country("US", "United States/USA/US/U.S.A./United States of America", "1", "", 15, male=_EN_M, female=_EN_F,
        surnames="Smith,Johnson,Williams,Brown,Jones,Miller,Davis,Wilson,Anderson,Taylor,Moore,Jackson,Lee,Thompson,White,Harris,"
        "Clark,Robinson,Walker,Young,King,Wright,Hill,Green,Adams,Baker,Nelson,Mitchell,Campbell,Roberts,McDonald,O'Neill,"
        "Van Buren,Rodriguez,Martinez,Gonzalez,Nguyen,Kim,Patel,Kowalski,Washington,Schwartz", tail=_EN_TAIL, middle_rate=0.4,
        mobile="({area}) *##-####", cities=("New York/NYC/New York City;NY;100##;(212) *##-####", "Los Angeles/LA/L.A.;CA;900##;(213) *##-####",
        "Chicago;IL;606##;(312) *##-####", "Houston;TX;770##;(713) *##-####", "Phoenix;AZ;850##;(602) *##-####", "Boston;MA;021##;(617) *##-####",
        "Philadelphia/Philly;PA;191##;(215) *##-####", "Austin;TX;787##;(512) *##-####", "Seattle;WA;981##;(206) *##-####", "St. Louis/Saint Louis;MO;631##;(314) *##-####"),
        streets="Main St,Oak Avenue,Maple Drive,Washington Blvd,Elm Street,2nd Ave,Lakeview Rd,Park Place,N Cedar Ln,Martin Luther King Jr. Blvd",
        street_form="{n} {street}", firms="Summit,Pioneer,Lakeside,Redwood,BlueRiver,Granite,Keystone,Harbor,Evergreen,Silverline,Crestview,Ironwood",
        forms=" Inc.;, Inc.; LLC; Corp.; Group; & Co.;", jobs="VP Sales,Office Manager,Director of Operations,Purchasing Manager",
        mails="gmail.com,yahoo.com,hotmail.com,icloud.com,aol.com,outlook.com", tld="com", date_form="%m/%d/%Y"),
    country("GB", "United Kingdom/UK/GB/Great Britain/England", "44", "0", 11, male=_EN_M + ",Alistair,Callum,Hamish,Rhys,Gareth,Nigel",
        female=_EN_F + ",Siân,Fiona,Gemma,Isla,Harriet,Poppy", surnames="Smith,Jones,Taylor,Brown,Williams,Wilson,Davies,Evans,Thomas,Roberts,Walker,"
        "Wright,Robinson,Thompson,Hughes,Edwards,Hall,Wood,Clarke,Harrison,Stewart,MacLeod,McKenzie,Ap Rhys,Khan,Patel,Begum,Singh,Fitzgerald,"
        "Smith-Jones,Parker Bowles,Campbell,Murray,Lloyd,Shaw,Holmes", tail=_EN_TAIL, middle_rate=0.25,
        mobile="074## ######,077## ######,079## ######,075## ######", cities=("London;Greater London;EC1@ #@@;020 7### ####", "Manchester;;M1 #@@;0161 *## ####",
        "Birmingham;West Midlands;B1 #@@;0121 *## ####", "Leeds;West Yorkshire;LS1 #@@;0113 2## ####", "Glasgow;;G1 #@@;0141 *## ####", "Edinburgh;Midlothian;EH1 #@@;0131 *## ####",
        "Bristol;Avon;BS1 #@@;0117 9## ####", "Cardiff/Caerdydd;;CF10 #@@;029 20## ####"), streets="High Street,Church Lane,Station Road,Victoria Road,The Green,Mill Lane,Queen's Gardens,Park Crescent",
        street_form="{n} {street}", firms="Albion,Thistle,Kestrel,Harrow,Pennine,Severn,Wessex,Caledonia,Regent,Blackwater", forms=" Ltd; Limited; PLC; & Sons Ltd; LLP;",
        jobs="Managing Director,Head of Procurement,Facilities Manager", mails="gmail.com,hotmail.co.uk,btinternet.com,yahoo.co.uk,outlook.com,googlemail.com", tld="co.uk", titles=("Mr", "Mrs")),
    country("DE", "Germany/Deutschland/DE/BRD/D", "49", "0", 12, male="Hans,Peter,Wolfgang,Michael,Thomas,Jürgen,Klaus,Stefan,Andreas,Christian,Matthias,Uwe,Jörg,Günther,Karl-Heinz,"
        "Björn,Florian,Sebastian,Tobias,Maximilian,Lukas,Felix,Johannes,Hans-Jürgen,Götz,Mehmet", female="Ursula,Monika,Petra,Sabine,Renate,Karin,Anna,Julia,Katharina,Claudia,Susanne,Birgit,"
        "Jutta,Käthe,Anneliese,Heike,Nicole,Stefanie,Lena,Leonie,Marie-Luise,Eva-Maria,Bärbel,Ayşe,Franziska,Dörte", surnames="Müller,Schmidt,Schneider,Fischer,Weber,Meyer,Wagner,Becker,Schulz,Hoffmann,"
        "Schäfer,Koch,Bauer,Richter,Klein,Wolf,Schröder,Neumann,Schwarz,Zimmermann,Braun,Krüger,Hofmann,Maier,Köhler,Weiß,Groß,Jäger,von der Heide,von Bülow,zu Guttenberg,Müller-Lüdenscheidt,Yılmaz,Großkreutz",
        tail="Acker,Alten,Birken,Eichen,Feld,Grün,Hasel,Hirsch,Kirch,Linden,Löwen,Neu,Ober,Rosen,Schön,Stein,Tannen,Unter,Wald,Weiden,Wiesen,Winter + mann,bach,berg,bauer,hof,burger,feld,haus,kamp,meier,müller,stedt,thal,wald,hauser",
        mobile="0151 ########,0170 #######,0176 ########,0160 #######,0172 #######", cities=("München/Muenchen/Munich;Bayern;803##;089 *######", "Berlin;Berlin;101##;030 *#######", "Hamburg;Hamburg;203##;040 *#######",
        "Köln/Koeln/Cologne;NRW;506##;0221 *######", "Frankfurt am Main/Frankfurt/Frankfurt a.M.;Hessen;603##;069 *#######", "Stuttgart;Baden-Württemberg;701##;0711 *######", "Dresden;Sachsen;010##;0351 *######",
        "Leipzig;Sachsen;041##;0341 *######", "Düsseldorf/Duesseldorf;NRW;402##;0211 *######"), streets="Hauptstraße,Bahnhofstr.,Goethestraße,Lindenweg,Am Markt,Schillerplatz,Kirchgasse,Mühlenstr.",
        firms="Nordlicht,Rheingold,Alpenblick,Hansa,Schwarzwald,Isar,Elbe,Feinwerk,Werkhof,Lindenhof", forms=" GmbH; AG; GmbH & Co. KG; KG; e.K.; UG (haftungsbeschränkt); SE", jobs="Geschäftsführer,Einkaufsleiter,Vertriebsleiterin,Prokurist",
        mails="web.de,gmx.de,t-online.de,gmail.com,freenet.de,gmx.net", tld="de", titles=("Herr", "Frau"), date_form="%d.%m.%Y"),
    country("FR", "France/FR/FRANCE/République française", "33", "0", 8, male="Jean,Pierre,Michel,Philippe,Alain,Nicolas,Julien,François,Frédéric,Sébastien,Thierry,Éric,Jérôme,Laurent,Benoît,Rémi,Théo,Loïc,Jean-Luc,Jean-François,Aurélien,Hervé,Mathéo,Karim",
        female="Marie,Nathalie,Isabelle,Sylvie,Catherine,Françoise,Céline,Aurélie,Hélène,Chloé,Léa,Zoé,Anaïs,Bénédicte,Geneviève,Marie-Claire,Anne-Sophie,Noémie,Élodie,Océane,Maëlle,Thérèse,Inès,Fatima",
        surnames="Martin,Bernard,Dubois,Thomas,Robert,Richard,Petit,Durand,Leroy,Moreau,Simon,Laurent,Lefèvre,Michel,Garcia,David,Bertrand,Roux,Vincent,Fournier,Morel,Girard,André,Lefebvre,Mercier,Dupont,Lambert,Bonnet,Le Gall,de La Fontaine,d'Estaing,Du Plessis,Benoît,Gérard,N'Diaye,L'Huillier",
        tail="Beau,Bel,Bois,Champ,Châtel,Clair,Courte,Franc,Grand,Haute,Mont,Neuve,Roche,Saint,Val,Ville + mont,lieu,fort,court,val,ville,champ,marie,seigne,fontaine,noir,blanc", mobile="06 ## ## ## ##,07 8# ## ## ##,06 ## ## ## ##",
        cities=("Paris;Île-de-France;750##;01 4# ## ## ##", "Lyon;Auvergne-Rhône-Alpes;6900#;04 78 ## ## ##", "Marseille;PACA;1300#;04 91 ## ## ##", "Toulouse;Occitanie;31###;05 61 ## ## ##", "Nantes;;44###;02 40 ## ## ##", "Saint-Étienne/St Etienne/Saint Etienne;;42###;04 77 ## ## ##", "Bourg-en-Bresse;Ain;010##;04 74 ## ## ##"),
        streets="rue de la République,avenue Victor-Hugo,boulevard Saint-Michel,place du Marché,rue des Écoles,chemin des Vignes", street_form="{n} {street}", firms="Mistral,Lavande,Atelier Vauban,Belle Rive,Montclair,Argos,Hexagone", forms=" SARL; SAS; SA; EURL; et Fils;",
        jobs="Directeur commercial,Responsable achats,Gérante", mails="orange.fr,free.fr,gmail.com,wanadoo.fr,laposte.net,hotmail.fr", tld="fr", titles=("M.", "Mme")),
    country("ES", "Spain/España/ES/Espana", "34", "", 7, male=_ES_M, female=_ES_F, surnames=_ES_S, tail=_ES_TAIL, second_surname="es", middle_rate=0.1, mobile="6## ## ## ##,6## ### ###,71# ### ###",
        cities=("Madrid;Madrid;280##;91 *## ## ##", "Barcelona;Cataluña;080##;93 *## ## ##", "Valencia/València;;460##;96 3## ## ##", "Sevilla/Seville;Andalucía;410##;954 ## ## ##", "A Coruña/La Coruña;Galicia;150##;981 ## ## ##", "Málaga/Malaga;Andalucía;290##;952 ## ## ##", "Bilbao/Bilbo;País Vasco;480##;944 ## ## ##"),
        streets="Calle Mayor,C/ Alcalá,Avda. de la Constitución,Plaza España,Paseo del Prado,Calle Real", street_form="{street}, {n}", firms="Levante,Iberia Sur,Olivares,Cantábrico,Meseta,Solana", forms=" S.L.; S.A.; SL; e Hijos S.L.;", jobs="Director Comercial,Jefa de Compras,Gerente",
        mails="gmail.com,hotmail.com,yahoo.es,telefonica.net,hotmail.es", tld="es", titles=("D.", "Dña.")),
    country("IT", "Italy/Italia/IT", "39", "", 7, male="Marco,Giuseppe,Giovanni,Antonio,Mario,Luigi,Francesco,Andrea,Stefano,Paolo,Alessandro,Roberto,Matteo,Lorenzo,Davide,Simone,Nicolò,Gianluca,Pietro,Salvatore,Gian Maria,Riccardo",
        female="Maria,Anna,Giulia,Francesca,Chiara,Sara,Laura,Alessandra,Martina,Elena,Valentina,Paola,Silvia,Roberta,Giovanna,Rosa,Lucia,Ilaria,Federica,Beatrice,Maria Grazia,Noemi", surnames="Rossi,Russo,Ferrari,Esposito,Bianchi,Romano,Colombo,Ricci,Marino,Greco,Bruno,Gallo,Conti,De Luca,Costa,Giordano,Mancini,Rizzo,Lombardi,Moretti,Barbieri,Fontana,Santoro,Mariani,Rinaldi,De Rossi,D'Angelo,Dell'Acqua,Di Stefano,Lo Presti,Nicolò,Dalla Chiesa",
        tail="Bel,Bon,Cam,Cas,Cor,Fer,Gal,Mar,Mont,Pal,Per,San,Tor,Val,Ver + anelli,ardi,aro,asso,atti,etti,ini,oni,otto,ucci,uzzi,ano,ello,ora", mobile="347 ### ####,333 ### ####,328 ### ####,340 ### ####", cities=("Roma/Rome;RM;001##;06 **## ####", "Milano/Milan;MI;201##;02 **## ####", "Torino/Turin;TO;101##;011 *## ####",
        "Napoli/Naples;NA;801##;081 *## ####", "Firenze/Florence;FI;501##;055 *## ####", "Bologna;BO;401##;051 *## ####", "Forlì/Forli;FC;471##;0543 ## ####"), streets="Via Roma,Corso Garibaldi,Via Giuseppe Verdi,Piazza Dante,Viale Europa,Via XX Settembre", street_form="{street}, {n}", firms="Adriatica,Lombarda,Officine Ferrero,Etna,Dolomiti,Arno",
        forms=" S.r.l.; S.p.A.; srl; & Figli S.n.c.;", jobs="Responsabile acquisti,Direttore commerciale,Titolare", mails="libero.it,gmail.com,alice.it,tiscali.it,virgilio.it", tld="it", titles=("Dott.", "Dott.ssa")),
    country("NL", "Netherlands/Nederland/NL/The Netherlands/Holland", "31", "0", 6, male="Jan,Pieter,Johannes,Cornelis,Hendrik,Willem,Dirk,Sander,Daan,Sem,Bram,Thijs,Jeroen,Joost,Maarten,Ruud,Koen,Lars,Floris,Jan-Willem,Cees,Youssef",
        female="Maria,Johanna,Anna,Cornelia,Sanne,Lotte,Femke,Anouk,Marloes,Ingrid,Saskia,Emma,Fleur,Noor,Roos,Anneke,Wilhelmina,Mieke,Esmée,Zoë,Marijke,Fatma", surnames="de Jong,Jansen,de Vries,van den Berg,van Dijk,Bakker,Janssen,Visser,Smit,Meijer,de Boer,Mulder,de Groot,Bos,Vos,Peters,Hendriks,van Leeuwen,Dekker,Brouwer,de Wit,Dijkstra,Smits,van der Meer,van 't Hoff,ter Horst,van der Linden,in 't Veld,op den Camp,Kuipers,IJsbrand,Coşkun",
        tail="Aarden,Bloem,Brink,Dijk,Ek,Groen,Haver,Hoog,Kloos,Lam,Nieuw,Ooster,Rijn,Veld,Water,Wester,Zand + burg,dam,hof,huis,huizen,kamp,man,mans,stra,veld,wijk,zand", mobile="06 1#######,06 2#######,06 4#######,06 5#######", cities=("Amsterdam/A'dam;Noord-Holland;101# @@;020 *## ####", "Rotterdam/R'dam;Zuid-Holland;301# @@;010 *## ####",
        "Den Haag/'s-Gravenhage/The Hague;Zuid-Holland;251# @@;070 3## ####", "Utrecht;Utrecht;351# @@;030 2## ####", "Eindhoven;Noord-Brabant;561# @@;040 2## ####", "Groningen;Groningen;971# @@;050 3## ####", "'s-Hertogenbosch/Den Bosch;Noord-Brabant;521# @@;073 6## ####"), streets="Kerkstraat,Dorpsstraat,Prinsengracht,Stationsweg,Molenlaan,Burg. de Vlugtlaan",
        firms="Polder,Zuiderzee,Oranje,Waterland,De Molen,Tulp", forms=" B.V.; BV; N.V.; V.O.F.;", jobs="Directeur,Hoofd Inkoop,Accountmanager", mails="gmail.com,ziggo.nl,kpnmail.nl,hotmail.com,xs4all.nl,planet.nl", tld="nl", titles=("Dhr.", "Mevr."), date_form="%d-%m-%Y"),
    country("BR", "Brazil/Brasil/BR", "55", "", 6, male="José,João,Antônio,Francisco,Carlos,Paulo,Pedro,Lucas,Luiz,Marcos,Gabriel,Rafael,Daniel,Marcelo,Bruno,Felipe,Gustavo,Thiago,Vinícius,Caio,João Pedro,Luís Otávio", female="Maria,Ana,Francisca,Antônia,Adriana,Juliana,Márcia,Fernanda,Patrícia,Aline,Camila,Bruna,Letícia,Larissa,Beatriz,Vitória,Ana Paula,Maria Eduarda,Débora,Luíza,Tânia,Conceição",
        surnames="Silva,Santos,Oliveira,Souza,Rodrigues,Ferreira,Alves,Pereira,Lima,Gomes,Costa,Ribeiro,Martins,Carvalho,Almeida,Lopes,Soares,Fernandes,Vieira,Barbosa,Rocha,Dias,Nascimento,Araújo,Conceição,Gonçalves,da Silva,dos Santos,da Costa,de Souza,do Nascimento,Brandão,Magalhães,Schneider,Yamamoto", second_surname="pt", middle_rate=0.1,
        tail="Bela,Campo,Monte,Vila,Ver,Serra,Pal,Mour,Cal,Nogue + ira,mar,longo,gre,rosa,nova,eira,ado", mobile="({area}) 9*###-####", cities=("São Paulo/Sao Paulo/SP;SP;01###-###;(11) 3###-####", "Rio de Janeiro/Rio;RJ;20###-###;(21) 2###-####", "Belo Horizonte/BH;MG;30###-###;(31) 3###-####", "Curitiba;PR;80###-###;(41) 3###-####", "Porto Alegre;RS;90###-###;(51) 3###-####", "Salvador;BA;40###-###;(71) 3###-####", "Brasília/Brasilia;DF;70###-###;(61) 3###-####"),
        streets="Rua das Flores,Av. Paulista,Rua XV de Novembro,Travessa São João,Alameda Santos,Av. Brasil", street_form="{street}, {n}", firms="Ipê,Amazônia,Cruzeiro,Pantanal,Mantiqueira,Araucária", forms=" Ltda.; S.A.; LTDA; EIRELI; ME", jobs="Gerente de Compras,Diretora Comercial,Sócio", mails="gmail.com,hotmail.com,uol.com.br,terra.com.br,bol.com.br", tld="com.br", titles=("Sr.", "Sra.")),
    country("MX", "Mexico/México/MX/Mex.", "52", "", 6, male=_ES_M + ",Guillermo,Eduardo,Arturo,Jorge Luis,Gerardo", female=_ES_F + ",Leticia,Alejandra,Gabriela,Yolanda,María del Carmen", surnames=_ES_S + ",Flores,Reyes,Morales,Cruz,Chávez,Mendoza,Aguilar,Juárez,Cárdenas", tail=_ES_TAIL, second_surname="es",
        mobile="{area} *### ####", cities=("Ciudad de México/CDMX/Mexico City/México D.F.;CDMX;06###;55 5### ####", "Guadalajara;Jalisco;44###;33 3### ####", "Monterrey;Nuevo León;64###;81 8### ####", "Zapopan;Jalisco;45###;33 3### ####", "Naucalpan;Edo. Méx.;53###;55 5### ####", "San Pedro Garza García;N.L.;66###;81 8### ####"),
        streets="Av. Insurgentes Sur,Calle Hidalgo,Paseo de la Reforma,Calz. de Tlalpan,Av. Juárez", firms="Azteca,Anáhuac,Del Bajío,Sierra Madre,Quetzal", forms=" S.A. de C.V.; SA de CV; S. de R.L.; y Asociados", jobs="Gerente General,Jefe de Compras,Lic. en Administración", mails="gmail.com,hotmail.com,prodigy.net.mx,yahoo.com.mx,outlook.es", tld="com.mx", titles=("Lic.", "Lic.")),
    country("IN", "India/IN/Bharat/INDIA", "91", "0", 8, male="Rajesh,Amit,Sanjay,Vijay,Ramesh,Suresh,Anil,Arjun,Rohan,Aditya,Vikram,Karthik,Harish,Mohammed,Imran,Gurpreet,Srinivasan,Venkatesh,Subramaniam,Ashok,Deepak,Manoj,Nikhil,Rahul", female="Priya,Anjali,Sunita,Lakshmi,Kavita,Pooja,Neha,Divya,Meena,Asha,Deepika,Shreya,Ananya,Fatima,Harpreet,Meenakshi,Radha,Swathi,Rekha,Shalini,Nandini,Aishwarya",
        surnames="Sharma,Patel,Singh,Kumar,Gupta,Reddy,Iyer,Nair,Joshi,Verma,Mehta,Shah,Rao,Das,Mukherjee,Banerjee,Chatterjee,Khan,Desai,Kulkarni,Pillai,Menon,Naidu,Bhat,Kaur,Agarwal,Mishra,Pandey,Chowdhury,Krishnamurthy,Fernandes,D'Souza", tail="Chandra,Deva,Gopala,Hari,Jaya,Krishna,Maha,Nara,Rama,Siva,Surya,Venka + sekaran,nathan,swamy,murthy,kumar,dasan,mani,yanan,raman,lingam",
        middles_f="Ramesh,Suresh,Anil,Ashok,Vijay,Rajesh,Sanjay", middle_rate=0.4, mobile="98### #####,99### #####,87### #####,70### #####", cities=("Mumbai/Bombay;Maharashtra;4000##;022 2### ####", "New Delhi/Delhi;Delhi;1100##;011 2### ####", "Bengaluru/Bangalore;Karnataka;5600##;080 2### ####", "Chennai/Madras;Tamil Nadu;6000##;044 2### ####", "Hyderabad;Telangana;5000##;040 2### ####", "Kolkata/Calcutta;West Bengal;7000##;033 2### ####", "Pune;MH;4110##;020 2### ####"),
        streets="M.G. Road,Linking Road,Nehru Nagar,Anna Salai,Sector 17,Brigade Road", street_form="{n}, {street}", firms="Lotus,Ganga,Deccan,Sahyadri,Nilgiri,Tricolor", forms=" Pvt. Ltd.; Private Limited; Ltd; & Sons; Technologies Pvt Ltd", jobs="Purchase Manager,Proprietor,Asst. General Manager", mails="gmail.com,rediffmail.com,yahoo.co.in,hotmail.com", tld="in", titles=("Shri", "Smt."), date_form="%d-%m-%Y"),
    country("JP", "Japan/日本/JP/JPN", "81", "0", 6, male="健太|Kenta|ケンタ,大輔|Daisuke|ダイスケ,翔太|Shōta|ショウタ,健一|Ken'ichi|ケンイチ,太郎|Tarō|タロウ,誠|Makoto|マコト,隆|Takashi|タカシ,浩二|Kōji|コウジ,直樹|Naoki|ナオキ,拓也|Takuya|タクヤ,裕太|Yūta|ユウタ,亮|Ryō|リョウ,学|Manabu|マナブ,和也|Kazuya|カズヤ,修|Osamu|オサム,蓮|Ren|レン,悠斗|Yūto|ユウト",
        female="陽子|Yōko|ヨウコ,恵子|Keiko|ケイコ,美咲|Misaki|ミサキ,結衣|Yui|ユイ,さくら|Sakura|サクラ,由美|Yumi|ユミ,裕子|Yūko|ユウコ,真由美|Mayumi|マユミ,葵|Aoi|アオイ,優子|Yūko|ユウコ,久美子|Kumiko|クミコ,彩|Aya|アヤ,愛|Ai|アイ,幸子|Sachiko|サチコ,明美|Akemi|アケミ,七海|Nanami|ナナミ",
        surnames="佐藤|Satō|サトウ,鈴木|Suzuki|スズキ,高橋|Takahashi|タカハシ,田中|Tanaka|タナカ,伊藤|Itō|イトウ,渡辺|Watanabe|ワタナベ,渡邊|Watanabe|ワタナベ,山本|Yamamoto|ヤマモト,中村|Nakamura|ナカムラ,小林|Kobayashi|コバヤシ,加藤|Katō|カトウ,吉田|Yoshida|ヨシダ,山田|Yamada|ヤマダ,斎藤|Saitō|サイトウ,齋藤|Saitō|サイトウ,斉藤|Saitō|サイトウ,大野|Ōno|オオノ,小野|Ono|オノ,林|Hayashi|ハヤシ,五十嵐|Igarashi|イガラシ,長谷川|Hasegawa|ハセガワ",
        tail="石|Ishi|イシ,北|Kita|キタ,大|Ō|オオ,西|Nishi|ニシ,松|Matsu|マツ,森|Mori|モリ,岩|Iwa|イワ,青|Ao|アオ,黒|Kuro|クロ,杉|Sugi|スギ,竹|Take|タケ,福|Fuku|フク + 川|kawa|カワ,山|yama|ヤマ,村|mura|ムラ,井|i|イ,木|ki|キ,島|shima|シマ,原|hara|ハラ,田|da|ダ,野|no|ノ,沢|sawa|サワ", middle_rate=0, surname_first=True,
        mobile="090-*###-####,080-*###-####,070-*###-####", cities=("東京/Tokyo/Tōkyō/新宿区;東京都;160-00##;03-3###-####", "大阪/Osaka/Ōsaka;大阪府;530-00##;06-6###-####", "横浜/Yokohama;神奈川県;220-00##;045-3##-####", "名古屋/Nagoya;愛知県;450-00##;052-2##-####", "札幌/Sapporo;北海道;060-00##;011-2##-####", "福岡/Fukuoka;福岡県;810-00##;092-4##-####", "京都/Kyoto/Kyōto;京都府;604-00##;075-2##-####"),
        streets="西新宿|Nishi-Shinjuku,本町|Honmachi,中央|Chuo,栄|Sakae,みなとみらい|Minatomirai,天神|Tenjin", street_form="{street}{n}-{m}-{k}", firms="株式会社山田製作所|Yamada Seisakusho,さくら|Sakura,富士|Fuji Shoji,日の出|Hinode,青葉|Aoba,みどり|Midori", forms=" Co., Ltd.;株式会社;(株); K.K.", jobs="部長,Manager,課長,General Manager", mails="gmail.com,docomo.ne.jp,yahoo.co.jp,ezweb.ne.jp,softbank.ne.jp", tld="co.jp", titles=("様", "様"), date_form="%Y/%m/%d"),
    country("CN", "China/中国/CN/PRC/P.R. China", "86", "0", 6, male=_CN_CHARS, female=_CN_CHARS, surnames="王|Wang,李|Li,张|Zhang,刘|Liu,陈|Chen,杨|Yang,黄|Huang,赵|Zhao,周|Zhou,吴|Wu,徐|Xu,孙|Sun,胡|Hu,朱|Zhu,高|Gao,林|Lin,何|He,郭|Guo,马|Ma,罗|Luo,梁|Liang,宋|Song,郑|Zheng,谢|Xie,韩|Han,唐|Tang,冯|Feng,于|Yu,董|Dong,萧|Xiao,欧阳|Ouyang,司马|Sima,诸葛|Zhuge,吕|Lü,袁|Yuan,邓|Deng", middle_rate=0, surname_first=True,
        mobile="138 #### ####,139 #### ####,136 #### ####,158 #### ####,186 #### ####", cities=("北京/Beijing/Peking;北京市;1000##;010 6### ####", "上海/Shanghai;上海市;2000##;021 6### ####", "广州/Guangzhou/Canton;广东省;5100##;020 8### ####", "深圳/Shenzhen;广东省;5180##;0755 8### ####", "杭州/Hangzhou;浙江省;3100##;0571 8### ####", "成都/Chengdu;四川省;6100##;028 8### ####"),
        streets="中山路|Zhongshan Rd,人民路|Renmin Rd,南京西路|Nanjing West Rd,解放大道|Jiefang Ave,建国门外大街|Jianguomenwai Ave", street_form="{street}{n}号", firms="东方|Dongfang,华信|Huaxin,长江|Changjiang,金龙|Jinlong,蓝天|Lantian", forms="有限公司; Co., Ltd.;科技有限公司; Trading Co. Ltd", jobs="总经理,Sales Manager,采购经理,Export Manager", mails="qq.com,163.com,126.com,gmail.com,sina.com", tld="com.cn", titles=("先生", "女士"), date_form="%Y-%m-%d"),
    country("SE", "Sweden/Sverige/SE", "46", "0", 5, male="Lars,Karl,Anders,Johan,Per,Erik,Nils,Mikael,Jan,Gustaf,Göran,Björn,Håkan,Åke,Östen,Viktor,Oskar,Jonas,Mattias,Lars-Erik,Sven,Ali", female="Anna,Eva,Maria,Karin,Kristina,Lena,Birgitta,Ingrid,Elisabeth,Märta,Åsa,Ebba,Elsa,Maja,Linnéa,Malin,Annika,Gunilla,Ann-Marie,Sofia,Hanna,Zahra", surnames="Andersson,Johansson,Karlsson,Nilsson,Eriksson,Larsson,Olsson,Persson,Svensson,Gustafsson,Pettersson,Jonsson,Lindberg,Lindström,Lindqvist,Lindgren,Axelsson,Bergström,Lundberg,Öberg,Åkesson,Sjögren,Sjöberg,Nyström,Hägg,af Klint,von Essen,Löfgren,Ekström",
        tail="Al,Berg,Björk,Blom,Dahl,Ek,Eng,Fors,Hed,Holm,Ny,Sand,Söder,Törn,Väst,Öst + ström,berg,gren,kvist,mark,lund,blad,dahl,man,stedt,vall", mobile="070-### ## ##,073-### ## ##,076-### ## ##", cities=("Stockholm/Sthlm;Stockholm;11# ##;08-5## ### ##", "Göteborg/Gothenburg;Västra Götaland;41# ##;031-*## ## ##", "Malmö/Malmo;Skåne;21# ##;040-*## ## ##", "Uppsala;Uppsala;75# ##;018-*## ## ##", "Linköping;Östergötland;58# ##;013-*## ## ##"), streets="Storgatan,Drottninggatan,Kungsvägen,Björkstigen,Västra Hamngatan", firms="Norrsken,Mälar,Dalarö,Björn,Vasa", forms=" AB; Aktiebolag; HB; & Co AB", jobs="VD,Inköpschef,Säljare", mails="gmail.com,telia.com,hotmail.se,live.se,spray.se", tld="se", titles=("Hr", "Fru"), date_form="%Y-%m-%d"),
    country("PL", "Poland/Polska/PL", "48", "", 5, male="Jan,Andrzej,Piotr,Krzysztof,Stanisław,Tomasz,Paweł,Józef,Marcin,Marek,Michał,Grzegorz,Jerzy,Tadeusz,Adam,Łukasz,Zbigniew,Ryszard,Dariusz,Henryk,Mariusz,Wojciech", female="Anna,Maria,Katarzyna,Małgorzata,Agnieszka,Krystyna,Barbara,Ewa,Elżbieta,Zofia,Teresa,Magdalena,Joanna,Janina,Monika,Danuta,Jadwiga,Aleksandra,Grażyna,Bożena,Żaneta,Łucja",
        surnames=_PL_S, surnames_f=_PL_S.replace("ski,", "ska,").replace("Sikorski", "Sikorska"), tail="Bor,Brzez,Czar,Gór,Jawor,Kalin,Lip,Malin,Olsz,Sosn,Wierzb,Żuraw + owicz,czyk,ek,iak,ak,ewicz,ik,ulak", mobile="50# ### ###,60# ### ###,69# ### ###,78# ### ###", cities=("Warszawa/Warsaw;mazowieckie;00-###;22 *## ## ##", "Kraków/Krakow/Cracow;małopolskie;30-###;12 *## ## ##", "Wrocław/Wroclaw;dolnośląskie;50-###;71 *## ## ##", "Gdańsk/Gdansk;pomorskie;80-###;58 *## ## ##", "Łódź/Lodz;łódzkie;90-###;42 *## ## ##", "Poznań/Poznan;wielkopolskie;60-###;61 *## ## ##"),
        streets="ul. Marszałkowska,ul. Długa,al. Jerozolimskie,ul. Polna,pl. Wolności,ul. Mickiewicza", firms="Wisła,Bałtyk,Tatry,Zamek,Sokół", forms=" Sp. z o.o.; S.A.; sp. k.; s.c.", jobs="Kierownik zakupów,Prezes,Handlowiec", mails="wp.pl,onet.pl,gmail.com,o2.pl,interia.pl", tld="pl", titles=("Pan", "Pani"), date_form="%d.%m.%Y"),
    country("IE", "Ireland/IE/Éire/Rep. of Ireland/Republic of Ireland", "353", "0", 4, male="Seán,Patrick,Conor,Liam,Cian,Oisín,Declan,Brendan,Pádraig,Eoin,Niall,Daragh,Fionn,Michael,Thomas,Ciarán,Diarmuid,Kevin", female="Aoife,Siobhán,Niamh,Ciara,Gráinne,Róisín,Sinéad,Bridget,Caoimhe,Orla,Eimear,Mary,Maeve,Clodagh,Deirdre,Áine,Saoirse,Kathleen", surnames="Murphy,Kelly,O'Sullivan,Walsh,O'Brien,Byrne,Ryan,O'Connor,O'Neill,O'Reilly,Doyle,McCarthy,Gallagher,Doherty,Kennedy,Lynch,Murray,Quinn,Moore,McLoughlin,Ó Súilleabháin,Fitzpatrick,MacNamara,de Búrca,Nowak",
        tail="Bren,Cor,Dona,Fin,Gil,Hea,Kear,Lough,Mul,Rear + nan,rigan,ghue,negan,lespie,ley,ney,ran,doon,cahy", mobile="085 ### ####,086 ### ####,087 ### ####", cities=("Dublin/Baile Átha Cliath/Dublin 2;Co. Dublin;D02 @@##;01 *## ####", "Cork/Corcaigh;Co. Cork;T12 @@##;021 4## ####", "Galway/Gaillimh;Co. Galway;H91 @@##;091 5## ###", "Limerick;Co. Limerick;V94 @@##;061 3## ###"), streets="O'Connell Street,Grafton St.,Shop Street,Bóthar na Trá,Patrick's Quay", street_form="{n} {street}", firms="Shamrock,Liffey,Claddagh,Burren,Emerald", forms=" Ltd; DAC; Teoranta; & Sons", jobs="Managing Director,Buyer,Practice Manager", mails="gmail.com,eircom.net,hotmail.com,yahoo.ie", tld="ie", titles=("Mr", "Ms")),
    country("AU", "Australia/AU/AUS", "61", "0", 5, male=_EN_M + ",Lachlan,Angus,Bruce,Jarrah", female=_EN_F + ",Matilda,Kylie,Sheila,Indigo", surnames="Smith,Jones,Williams,Brown,Wilson,Taylor,Nguyen,Johnson,Martin,White,Anderson,Walker,Thompson,Lee,Harris,Ryan,Robinson,Kelly,King,O'Brien,Papadopoulos,MacDonald,van der Byl,Di Stefano,Tran", tail=_EN_TAIL, middle_rate=0.25, mobile="04## ### ###", cities=("Sydney;NSW;20##;(02) 9### ####", "Melbourne;VIC;30##;(03) 9### ####", "Brisbane;QLD;40##;(07) 3### ####", "Perth;WA;60##;(08) 9### ####", "Adelaide;SA;50##;(08) 8### ####", "Darwin;NT;08##;(08) 8### ####"),
        streets="George Street,Collins St,Beach Road,Wattle Ave,Bourke Street", street_form="{n} {street}", firms="Outback,Southern Cross,Banksia,Billabong,Coral Bay", forms=" Pty Ltd; Pty. Ltd.; Ltd; & Co", jobs="General Manager,Procurement Lead,Owner", mails="gmail.com,bigpond.com,optusnet.com.au,hotmail.com", tld="com.au", titles=("Mr", "Mrs")),
    country("IS", "Iceland/Ísland/IS", "354", "", 1, male="Jón,Sigurður,Guðmundur,Gunnar,Ólafur,Einar,Magnús,Þór,Björn,Árni", female="Guðrún,Anna,Kristín,Sigríður,Margrét,Helga,Ásta,Björk,Þórunn,Eva", surnames="Jónsson,Sigurðsson,Guðmundsson,Gunnarsson,Ólafsson,Einarsson,Magnússon,Þórsson,Árnason,Stefánsson", surnames_f="Jónsdóttir,Sigurðardóttir,Guðmundsdóttir,Gunnarsdóttir,Ólafsdóttir,Einarsdóttir,Magnúsdóttir,Þórsdóttir,Árnadóttir,Stefánsdóttir",
        middle_rate=0.35, mobile="69# ####,77# ####,89# ####", cities=("Reykjavík/Reykjavik;;101;55# ####", "Akureyri;;600;46# ####"), streets="Laugavegur,Austurstræti,Hafnarstræti", firms="Hekla,Geysir,Fjord", forms=" ehf.; hf.", jobs="Forstjóri,Manager", mails="gmail.com,simnet.is,internet.is", tld="is", date_form="%d.%m.%Y"),
)

NICKNAMES: dict[str, tuple[str, ...]] = {key: tuple(value.split("/")) for key, value in (pair.split(":") for pair in words(
    "Robert:Bob/Rob/Bobby,William:Bill/Will,Richard:Dick/Rick,James:Jim/Jimmy,John:Jack/Johnny,Michael:Mike/Mick,David:Dave,Joseph:Joe,"
    "Thomas:Tom/Tommy,Christopher:Chris,Charles:Charlie/Chuck,Daniel:Dan,Matthew:Matt,Anthony:Tony,Steven:Steve,Andrew:Andy/Drew,Edward:Ed/Ted,"
    "Samuel:Sam,Benjamin:Ben,Nicholas:Nick,Alexander:Alex/Sasha,Jonathan:Jon,Gregory:Greg,Patrick:Pat/Paddy,Timothy:Tim,Kenneth:Ken,Henry:Harry,"
    "Patricia:Pat/Trish,Jennifer:Jen/Jenny,Elizabeth:Liz/Beth/Betty,Susan:Sue,Margaret:Peggy/Maggie,Katherine:Kate/Kathy,Deborah:Debbie,Rebecca:Becky,"
    "Jessica:Jess,Victoria:Vicky,Amanda:Mandy,Stephanie:Steph,Christine:Chris,Samantha:Sam,Abigail:Abby,Theresa:Terry,Judith:Judy,Charlotte:Lottie,"
    "José:Pepe,Francisco:Paco/Pancho,Ignacio:Nacho,Manuel:Manolo,Jesús:Chuy,Alejandro:Alex,Dolores:Lola,Concepción:Concha,Guadalupe:Lupita,Pilar:Pili,"
    "Mercedes:Merche,Francisca:Paca/Chica,José María:Chema,José Luis:Pepelu,Juan Carlos:Juanca,María José:Marijose,Hans-Jürgen:Hajo,Karl-Heinz:Kalle,"
    "Wolfgang:Wolf,Sebastian:Basti,Maximilian:Max,Johannes:Hannes,Katharina:Kathi,Stefanie:Steffi,Ursula:Uschi,Franziska:Franzi,Michel:Michou,"
    "Frédéric:Fred,Sébastien:Seb,Giuseppe:Beppe/Pino,Giovanni:Gianni,Francesco:Checco,Luigi:Gigi,Salvatore:Totò,Alessandro:Sandro,Hendrik:Henk,"
    "Cornelis:Kees,Willem:Wim,Pieter:Piet,Wilhelmina:Mina,Johanna:Jo,João:Joca,Antônio:Toninho,Luiz:Lula,Rajesh:Raj,Subramaniam:Subbu,Venkatesh:Venky,"
    "Srinivasan:Srini,Karl:Kalle,Gustaf:Gurra,Lars:Lasse,Katarzyna:Kasia,Małgorzata:Gosia,Agnieszka:Aga,Aleksandra:Ola,Krzysztof:Krzysiek,Stanisław:Staszek,"
    "Bridget:Bríd,Pádraig:Paddy,Kathleen:Kath,Bruce:Brucie,Guðrún:Gunna,Sigurður:Siggi"))}
JOBS = words("Sales Manager,CEO,CTO,Marketing Manager,Head of IT,Accountant,Software Engineer,Project Manager,Consultant,Purchasing,Assistant,HR Manager,Team Lead,Owner,Analyst")
AGENTS = words("a.keller,b.osei,c.dubois,d.mcgrath,e.rossi,f.tanaka,g.silva,h.novak,i.larsen,j.patel")
NOTES = ("Met at trade fair in Hannover", "prefers e-mail", "called back, wants quote for 200 units", "voicemail, try again next week", "Referred by a colleague\nsee mail of 12/3",
         "VIP!!", "payment terms 30 days; ask for Mrs. Lang", "left company?", "spricht nur Deutsch", "check address", "Assistant: \"Pat\", ext. 14", "interested in Pro plan, budget Q3")
STOP_NOTES = {"email": ("keine Werbung mehr!", "asked to be removed from the mailing list", "no quiere recibir correos"), "voice": ("bitte nicht anrufen", "DO NOT CALL", "ne plus appeler svp")}
