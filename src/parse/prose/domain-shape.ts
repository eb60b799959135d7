/** Public suffixes that are better known as endings of files. */
const FILE_ENDINGS: ReadonlySet<string> = new Set('cab md mov ps py rs sh so zip'.split(' '));
/** Public suffixes that end files too, now and then. */
const AT_TIMES_FILE_ENDINGS: ReadonlySet<string> = new Set(
  'ai app bz cat cc do lc ml mm ms one pl pub rip save sc st tf vi'.split(' '),
);
/** Endings of files that nobody lists as hosts. */
const ALWAYS_FILE_ENDINGS: ReadonlySet<string> = new Set('cab mov zip'.split(' '));

/** Names of products and platforms that look like domains. */
const PRODUCTS: ReadonlySet<string> = new Set(
  'ado.net asp.net vb.net paint.net ml.net json.net socket.io node.js system.net java.net'.split(' '),
);

/** Suffixes that are words which members, methods and packages are named with. */
const IDENTIFIERS: ReadonlySet<string> = new Set(
  (
    'app as at author auto be bio bot box build by call cam camera cash channel chat click cloud codes data date ' +
    'day dev digital direct directory do domains download email events exchange fail family fan farm fit fun ' +
    'fyi game games gift global go group guide help here host hot id in int is it key like limited link live ' +
    'locker loan map market me media menu mobile my name network new news no now one open page parts party pay ' +
    'phone photo ping place play plus post press pro prod properties pub push read report rest review run safe ' +
    'sale save schedule science search secure security select services shell shop show site so social software ' +
    'space spot storage info store stream studio style support systems talk target tax team tech to tools top trade ' +
    'training uno video vision vote watch web win work works world yes zone io net'
  ).split(' '),
);
/** What code and commands have before a dot. */
const RECEIVERS: ReadonlySet<string> = new Set(
  (
    'self this app api args array asyncio bot btn builder cfg client cmd conf config console conn connection context ' +
    'core crypto ctx data date db dbs document driver e el element engine env err error evt event exports express ' +
    'file files form fs func handler header headers http https image img input io item items java javax json key ' +
    'kotlin lib library list loader log logger main manager math message method mod model module msg net node np obj ' +
    'object options os output package page params parser path payload pd pkg plugin process properties props proxy ' +
    'python query re ref regexp req request requests res resp response result root router row scala schema script ' +
    'server service services session settings shell socket std str stream string subprocess sys system table task tcp ' +
    'test thread time tls token tools type udp ui url urllib user users util utils value values vm web win window ' +
    'windows wscript xml yaml android kernel module host device driver'
  ).split(' '),
);
/** First parts of package names, which are domains the wrong way round. */
const REVERSED: ReadonlySet<string> = new Set('com org net edu gov io cn de ru co uk fr jp br'.split(' '));
/** Suffixes that a package name does not end with. */
const USUAL: ReadonlySet<string> = new Set(
  'com org net info biz ru cn top xyz online site in br uk de fr jp eu us'.split(' '),
);

const MEMBER = /^(?:document|window|self|this|console|process)\./i;

/** What is around a bare name. */
export interface NameSetting {
  /** It stands in a program, script, rule or command line. */
  readonly isCode: boolean;
  /** A heading or a column says that names are listed here. */
  readonly isNamed: boolean;
  /** It has its line or cell for itself, or its sentence tells of an attack. */
  readonly isTelling: boolean;
  /** It has its line or cell for itself where indicators are listed. */
  readonly isListed: boolean;
}

/**
 * Whether a bare name is meant as a domain, and is no file, member of an object, namespace, package, or two
 * sentences without a space between them. Says nothing of what is defanged.
 */
export function isLikelyDomain(
  name: string,
  text: string,
  start: number,
  end: number,
  { isCode, isNamed, isTelling, isListed }: NameSetting,
): boolean {
  const labels = name.split('.');
  const suffix = (labels.at(-1) ?? '').toLowerCase();
  if (PRODUCTS.has(name.toLowerCase()) || MEMBER.test(name)) return false;
  const isHost = isNamed || (isListed && labels.length >= 3);
  if ((isHost ? ALWAYS_FILE_ENDINGS : FILE_ENDINGS).has(suffix)) return false;
  if (
    !isHost &&
    AT_TIMES_FILE_ENDINGS.has(suffix) &&
    (isCode || !isTelling || isFileBeside(text, start, end))
  )
    return false;
  if (isNamespace(labels) || isPackage(labels, suffix)) return false;
  if (isPartOfMore(text, start, end)) return false;
  if (isNamed) return true;
  if (isMember(labels, suffix)) return false;
  if (!isCode || USUAL.has(suffix) || isQuoted(text, start, end)) return true;
  return suffix.length === 2 && !IDENTIFIERS.has(suffix);
}

/** Whether a name that nothing speaks for may be a host: it is under a usual suffix, or longer than two words. */
export function isPlausibleName(name: string): boolean {
  const labels = name.split('.');
  const suffix = labels.at(-1) ?? '';
  if (USUAL.has(suffix)) return true;
  return !IDENTIFIERS.has(suffix) && (labels.length >= 3 || /[\d-]/.test(name));
}

/** Whether a defanged name is that of a file: those are defanged too, where a program did it. */
export function isDefangedFile(name: string, before: string, after: string): boolean {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  if (!FILE_ENDINGS.has(ending) && ending !== 'pl') return false;
  return (
    FILE_WORD.test(before) || before.endsWith('\\') || HASH_BESIDE.test(before) || HASH_BESIDE.test(after)
  );
}

function isFileBeside(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 90), start);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return (
    FILE_WORD.test(line) ||
    HASH_BESIDE.test(line) ||
    HASH_BESIDE.test(text.slice(end, end + 80).split('\n', 1)[0]!)
  );
}

const FILE_WORD =
  /\b(?:files?|filenames?|archives?|attachments?|scripts?|executables?|binary|binaries|module|shared object|document|dropper|payload)s?\b[^.;]{0,24}$/i;
const HASH_BESIDE = /[0-9a-f]{32}/i;

/** `System.IO`, `Microsoft.Win32`, `The end.The next`, `Json.NET`. */
function isNamespace(labels: readonly string[]): boolean {
  const last = labels.at(-1) ?? '';
  if (/^\p{Lu}\p{Ll}/u.test(last)) return true;
  const isCapital = labels.some((label) => /^\p{Lu}\p{Ll}/u.test(label));
  if (/^\p{Lu}{2,}$/u.test(last) && (isCapital || !labels.every(isUpper)))
    return !USUAL.has(last.toLowerCase()) || isCapital;
  const isCamel = labels.slice(0, -1).some((label) => /\p{Ll}\p{Lu}/u.test(label));
  return isCamel && IDENTIFIERS.has(last.toLowerCase());
}

function isUpper(label: string): boolean {
  return label === label.toUpperCase();
}

/** `com.example.app`: a domain the wrong way round. */
function isPackage(labels: readonly string[], suffix: string): boolean {
  return labels.length >= 3 && REVERSED.has((labels[0] ?? '').toLowerCase()) && !USUAL.has(suffix);
}

/** `request.host`, `os.name`, `java.net`. */
function isMember(labels: readonly string[], suffix: string): boolean {
  const first = (labels[0] ?? '').toLowerCase();
  if (!IDENTIFIERS.has(suffix)) return false;
  return labels.length <= 3 && (RECEIVERS.has(first) || (labels.length === 2 && first.length <= 2));
}

/** A step of a path, a variable, a call; but not the server of a UNC path. */
function isPartOfMore(text: string, start: number, end: number): boolean {
  if (/(?:^|[^\\])(?:\\\\){1,2}$/.test(text.slice(Math.max(0, start - 5), start))) return false;
  return /[\\/$%#&~_@]/.test(text.charAt(start - 1)) || /^(?:[\\(=_]|\s=\s)/.test(text.slice(end, end + 3));
}

function isQuoted(text: string, start: number, end: number): boolean {
  const quote = text.charAt(start - 1);
  return /["'`]/.test(quote) && /["'`:/]/.test(text.charAt(end));
}
