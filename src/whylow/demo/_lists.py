"""Word lists of the made questions: the common words, and the parts of the made ones."""

from __future__ import annotations


def words(text: str, between: str | None = None) -> tuple[str, ...]:
    """Return the words of a text, split at white space or at the mark given."""
    return tuple(word.strip() for word in text.split(between))


SKILL = words("""
piano chess guitar swimming baking drawing pottery French Spanish German Italian Japanese
knitting photography gardening cooking juggling archery sailing fencing carpentry
calligraphy violin sewing skiing rowing origami woodwork painting surfing dancing typing
singing coding algebra statistics geometry bookkeeping beekeeping welding Latin Finnish
Norwegian Portuguese Dutch Swedish Danish Polish Greek Turkish Hungarian Korean Swahili
Icelandic Welsh Basque harmonica ukulele cello accordion trumpet saxophone clarinet banjo
percussion karate judo yoga pilates badminton tennis volleyball handball cricket golf
bowling canoeing kayaking snowboarding orienteering bouldering fishing camping foraging
birdwatching woodturning glassblowing leatherwork embroidery crochet quilting bookbinding
printmaking lettering sketching watercolours animation filmmaking storytelling
improvisation debating shorthand proofreading accounting budgeting marketing spreadsheets
trigonometry calculus topology cryptography robotics electronics soldering blacksmithing
masonry plumbing tiling upholstery distilling cheesemaking winemaking falconry backgammon
bridge poker sudoku solitaire parkour unicycling trampolining gymnastics ballet tango salsa
waltz flamenco tap mime puppetry magic
""")
THING = words("""
phone book car house camera laptop bicycle garden door window letter map ticket website
song recipe photo bridge robot clock boat kitchen lamp painting novel report piano table
mirror sofa tent jacket ladder guitar bottle printer engine battery keyboard carpet
fountain violin telescope kettle blanket suitcase umbrella drawer pillow pencil basket
candle calendar folder magazine notebook museum greenhouse balcony fireplace compass magnet
microscope spreadsheet screwdriver backpack bookcase chimney doorbell envelope freezer
hammer handle heater lantern necklace oven parcel pocket postcard projector puzzle radiator
receipt rope saddle sculpture signature speaker staircase stamp stove sweater tablet
toolbox trailer tunnel wallet wardrobe wheelbarrow windmill zipper alarm anchor anvil apron
armchair atlas awning axle badge bag ball banner barometer barrel basin bathtub beacon bead
bed belt bench billboard binder blackboard blender blind blueprint board bolt bonnet
bookmark boot bowl bracelet brick brochure broom bucket buckle bulb button cabin cabinet
cable cage calculator canoe canvas cart cartoon cartridge castle catalogue ceiling cellar
chain chair charger chart chisel clarinet cloak coat cockpit coin column computer contract
cooker cork corridor costume counter course crane crate cupboard curtain cushion cylinder
dam dashboard desk diagram diary dictionary dial dish ditch document doll drain dress drone
drum duvet easel elevator encyclopedia escalator essay exam exhibition factory fan farm
fence ferry film flag flask flute fork forklift formula fortress frame fridge furnace fuse
gallery garage gate generator glider glove graph grill gutter hallway hammock hat hedge
helicopter helmet hinge hotel hourglass hut icon igloo instrument invention invoice jar
jigsaw joystick jug juicer kayak kite label ladle lawn lawnmower lens lever lighthouse lock
locker logo loom mallet manual marble mast mattress medal meter mill mixer monitor monument
mop mosaic motor mug napkin needle network newspaper nozzle oar observatory office orchard
organ package paddle palace pamphlet pan paperclip passport path pavement pedal pendulum
pier pipe pitcher plank plate playground plug podcast pond poster pot pram prism programme
propeller pulley pump quilt raft rake ramp razor recorder reservoir ribbon ring rocket roof
rug ruler sail sandal satellite sauna saw scanner scooter screen screw sensor shed ship
shirt shovel shower sink skateboard sketch skirt sled snorkel socket solenoid spanner spoon
spring stadium statue stool straw street stroller submarine sundial sunflower swing
synthesizer syringe tank tap tapestry teapot television theatre thermometer thermostat
thimble threshold tile timer toaster toothbrush torch towel tower toy tractor train tram
transformer tray treadmill tripod trolley trophy trumpet turbine tyre valve van vase veil
ventilator videotape villa vineyard wagon waistcoat wall watch waterfall wheel whistle wig
wing wire workshop wrench xylophone yacht yoyo
""")
FOOD = words("""
bread rice coffee tea soup cheese pasta honey yogurt butter salad chocolate porridge jam
lentils spinach garlic ginger pumpkin mustard cinnamon mushrooms barley cabbage oats olives
tofu vanilla rhubarb parsley walnuts cucumber beetroot celery apricots figs butterbeans
carrots onions leeks radishes turnips potatoes tomatoes lettuce broccoli asparagus
artichokes aubergines courgettes chickpeas peas beans corn quinoa couscous millet polenta
noodles dumplings pancakes waffles scones muffins crackers pretzels gingerbread marzipan
nougat toffee marmalade syrup molasses vinegar soy horseradish pickles sauerkraut kimchi
salmon herring trout sardines mackerel eggs cream custard buttermilk sherbet lemonade cider
cocoa cordial peppermint basil oregano thyme rosemary sage dill chives cumin turmeric
saffron paprika nutmeg cardamom almonds hazelnuts cashews pistachios raisins dates plums
cherries peaches pears melons grapes raspberries blueberries cranberries gooseberries
lemons oranges tangerines grapefruit pomegranates mangoes papayas bananas coconut
""")
ANIMAL = words("""
dog cat horse bird rabbit parrot hamster turtle hedgehog goldfish goat duck canary squirrel
beetle owl penguin spider swan donkey badger otter heron lizard tortoise raven dolphin moth
pony foal lamb chicken rooster peacock pigeon sparrow robin magpie crow pelican seagull
albatross kingfisher woodpecker cuckoo falcon eagle stork crane flamingo ostrich emu kiwi
hare mole beaver marmot chinchilla ferret weasel raccoon koala kangaroo wombat platypus
panda bear tiger lion leopard giraffe zebra camel llama alpaca elk walrus seal manatee
octopus squid crab lobster snail slug earthworm cricket grasshopper ladybird bumblebee
firefly dragonfly newt frog toad gecko chameleon iguana crocodile
""")
JOB = words("""
teacher engineer nurse designer writer accountant lawyer plumber baker pilot chef farmer
scientist carpenter librarian translator programmer musician gardener electrician architect
dentist editor tailor painter locksmith geologist optician beekeeper chemist surveyor actor
announcer archivist astronomer author auctioneer barber biologist blacksmith bricklayer
bookseller botanist brewer broker builder cabinetmaker cartographer cashier caterer
choreographer clockmaker cobbler columnist composer conductor consultant cook courier
curator decorator detective diver economist engraver farrier firefighter fisher florist
forester furrier geographer glazier goldsmith grocer historian illustrator inspector
instructor interpreter jeweller joiner journalist judge lecturer lifeguard linguist
lumberjack manager mason mathematician mechanic meteorologist midwife miller miner
navigator notary novelist optometrist paramedic pharmacist philosopher physicist pianist
postmaster potter printer producer professor psychologist publisher ranger receptionist
reporter researcher roofer sailor sculptor secretary shepherd singer statistician
stonemason supervisor tanner technician toolmaker trader trainer treasurer tutor typist
umpire vet violinist volunteer waiter watchmaker weaver webmaster welder zookeeper
""")
SUBJECT = words("""
physics history biology chemistry economics geography mathematics music grammar astronomy
geology poetry philosophy medicine logic architecture meteorology botany optics linguistics
acoustics zoology hydrology rhetoric ceramics anatomy anthropology archaeology biochemistry
bioethics climatology cosmology demography dramaturgy ecology econometrics entomology
epistemology ethics etymology forestry genetics genealogy glaciology heraldry horticulture
hydraulics journalism jurisprudence lexicography mechanics metallurgy metaphysics
mineralogy musicology mythology navigation neurology nutrition oceanography ornithology
palaeontology pedagogy phonetics physiology planetology probability psychology robotics
semantics seismology sociology statics stylistics surveying taxonomy theology
thermodynamics typography volcanology
""")
PERSON = words("""
friend sister brother neighbour teacher mother father cousin boss colleague uncle aunt
daughter son roommate grandmother grandfather nephew niece landlord classmate
""")
PLACE = words("""
India London Canada Germany Paris Japan Oslo France Lisbon Norway Berlin Madrid Vienna
Finland Toronto Prague Dublin Kyoto Chile Peru Geneva Bergen Porto Tallinn Riga Zagreb
Seville Lyon Ghent Turin Bristol Leeds Osaka Lima Quito Cork Tampere Malta Cyprus Iceland
Aberdeen Albania Amsterdam Andorra Antwerp Argentina Athens Auckland Australia Austria
Avignon Bali Barcelona Basel Bavaria Belfast Belgium Bilbao Bolivia Bologna Bordeaux Boston
Brazil Bremen Brisbane Bruges Budapest Bulgaria Calgary Cambridge Cardiff Chicago Cologne
Copenhagen Corsica Croatia Dallas Delft Denmark Denver Dresden Ecuador Edinburgh Estonia
Exeter Florence Galway Gdansk Genoa Glasgow Gothenburg Granada Graz Greece Greenland
Grenoble Hamburg Hanover Havana Helsinki Honolulu Houston Hungary Innsbruck Inverness
Ireland Istanbul Italy Jamaica Jakarta Kent Krakow Latvia Leipzig Limerick Lithuania
Liverpool Ljubljana Lucerne Luxembourg Madeira Malmo Manchester Manila Marseille Melbourne
Mexico Milan Minnesota Monaco Montreal Mumbai Munich Nairobi Nantes Naples Nebraska Nepal
Netherlands Nice Nottingham Odense Ohio Ontario Oregon Orkney Ottawa Oxford Padua Panama
Paraguay Perth Philadelphia Pisa Poland Portland Portugal Provence Quebec Reykjavik Romania
Rome Rotterdam Salzburg Samoa Santiago Sardinia Scotland Seattle Sheffield Sicily Singapore
Slovakia Slovenia Spain Stavanger Stockholm Stuttgart Sweden Switzerland Sydney Tasmania
Tenerife Texas Thailand Tokyo Toulouse Trieste Tromso Tuscany Umbria Uppsala Uruguay
Utrecht Valencia Vancouver Venice Verona Vermont Vietnam Vilnius Wales Warsaw Wellington
Winnipeg Yorkshire York Zurich
""")
ADJECTIVE = words("""
good new small old cheap simple long easy large short heavy quiet strong light warm narrow
safe bright modern wooden plain smooth round soft steady sharp broken digital electric
portable famous rare fresh dry cold deep wide thin tall flat clean rusty empty gentle
modest sturdy colourful foldable handmade waterproof ancient curious elegant absorbent
adjustable affordable airy angular antique attractive automatic bent blank blue bold
brand-new breakable brilliant brittle brown bulky calm careful charming circular classic
clear clever closed coarse comfortable common compact complete complex convenient costly
crisp crooked crowded dark damp decent delicate dense detachable different difficult dim
direct double dull durable dusty early effective efficient elastic elaborate enormous exact
excellent exotic expensive faint fancy fast faulty fine firm fixed flexible floating folded
formal fragile friendly full functional furry generous giant glossy golden grand green grey
hard harmless heated hidden hollow huge humble ideal imported impressive inflatable
informal inner insulated interesting invisible late leaky lightweight little local lonely
loose loud lovely lucky luxurious magnetic massive mechanical medieval messy mild miniature
minor mobile muddy multicoloured musical mysterious natural neat noisy normal northern odd
official open orange ordinary organic original ornate outdoor oval pale patterned peculiar
perfect permanent pink pleasant pointed poisonous polished popular practical precious
precise pretty printed private professional proper public pure purple quick random rapid
reliable remarkable remote rigid ripe robust rotten rough rounded royal rural scenic
second-hand secret sensible separate serious shallow shiny silent sincere slender slim
slippery slow soggy solar solid sophisticated sour southern spacious spare special spicy
spotless square stable standard steep sticky stiff straight strange striped stylish subtle
suitable sunny sweet swift symmetric tame tasteful temporary tender thick tidy tight tiny
tough traditional transparent triangular tropical typical ugly uneven unfinished unique
unusual upright urban useful useless usual valuable varied vast vertical vintage violet
visible vivid washable watertight weak wet whole wild windy winding wireless wobbly woollen
yellow
""")
VERB = words("""
build repair clean sell paint move open find replace change buy store design test choose
measure carry protect decorate install describe compare prepare collect restore return
polish assemble label order rent borrow weigh recycle inspect translate improve photograph
disassemble insulate varnish organise recharge shorten straighten adapt adjust admire
advertise align analyse apply arrange attach auction balance bend bind blend block bleach
browse brighten calculate calibrate cancel carve catalogue celebrate centre check classify
climb coat colour combine complete conceal connect convert cool copy correct count cover
crush customise damage defend deliver demolish deposit detach detect develop digitise
dismantle display distribute divide donate download draft drain drape duplicate dust edit
embroider enclose enlarge enter erase estimate evaluate examine exchange exhibit expand
export extend fasten fill filter finance finish fold follow frame freeze furnish grease
grind guard guide hang hide hire hoist identify illuminate illustrate imitate import
inflate inherit insert insure iron isolate join justify launch laminate lengthen lift light
list load locate loosen lubricate maintain manage manufacture mark market mend merge
modernise monitor mount name navigate negotiate note observe obtain operate outline park
patch patent perforate pierce place plaster position postpone pour practise predict
preserve press print produce promote publish pull purchase push raise rearrange recommend
record rebuild reduce refill refurbish register reinforce relocate remove renovate
reproduce request rescue research reserve reshape resize retrieve reuse review ride roast
rotate sand sample save scale schedule screen seal search secure select separate serve
sharpen shelter shield sketch smooth soften sort spray stack steer sterilise stitch stretch
study supervise support survey suspend sweep switch tailor tighten tilt tow trace track
transform transport treat trust twist unblock uncover unfold unlock unpack unscrew update
upgrade upload validate value wash watch waterproof wear whiten widen wind
""")
GROUP = words(
    """
tea drinkers / cat owners / night owls / chess players / cyclists / early risers /
violinists / gardeners / stamp collectors / bird watchers / hikers / crossword fans /
left-handed people / beekeepers / knitters / coffee drinkers / dog owners / joggers /
bookworms / card players / jazz fans / map collectors / bakers / puzzle fans /
kite flyers / button collectors / choir singers / umbrella owners / slow walkers / poets /
whistlers / sock knitters / soup lovers / list makers / pencil users / lake swimmers /
model builders
""",
    "/",
)
FIRST = words("""
snow river moon stone glass wood garden paper salt silver copper rain wind sand cloud field
forest night winter summer harbour island mountain meadow feather thunder velvet amber
apple berry cotton leather marble pepper sugar clover willow maple birch ivory linen moss
pebble autumn spring morning market kitchen window village cellar attic train ship wagon
bridge sun star sea lake hill leaf root seed wheat corn wool silk iron brass tin chalk clay
coal
""")
SECOND = words("""
lamp basket boat bell box cup wheel brush chair table board hook frame knife bowl bench
press drum flute horn pot pan tray rack shelf stand roller cutter holder keeper maker
cleaner sorter mixer grinder cooler warmer dryer reader finder tracker counter timer meter
scale filter pump valve pipe hose mat rug net ring band strap belt cord clip pin case
""")
CRAFT = words("""
carving weaving painting folding sailing climbing reading walking racing planting polishing
baking brewing printing dyeing spinning casting cutting skating throwing stacking gliding
""")
AGENT = words("""
watchers keepers makers walkers painters readers collectors singers swimmers climbers
riders bakers growers sweepers polishers counters drummers dancers menders gazers
""")
ENDING = words("proof like free ready shaped coloured sized bound lined covered")
ONSET = words("b br d dr f g gr h j k kl l m n r s st t tr v w z th")
MIDDLE = words("l n r v d")
VOWEL = words("a e i o u ai ea ou")
PLACE_END = words("""
mund burg vik dale stad holm wick ford lund berg mere ton by gate ness
""")
NAME_END = words("ra na la ris lin dor mir nel tan vin")
BRAND_END = words("ix ora tek ano ium ify eon ara ody exa")
