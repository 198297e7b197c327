// Source of rules and texts: apimachinery/pkg/api/validate/content/{dns,kube,path}.go and pkg/util/validation/validation.go.
const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const DNS_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE = `(${QUALIFIED_NAME})?`;
const CONFIG_KEY = "[-._a-zA-Z0-9]+";

const WHOLE = new Map<string, RegExp>();
function matches(pattern: string, value: string): boolean {
  let whole = WHOLE.get(pattern);
  if (whole === undefined) {
    whole = new RegExp(`^(?:${pattern})$`);
    WHOLE.set(pattern, whole);
  }
  return whole.test(value);
}

function regexText(text: string, pattern: string, ...examples: readonly string[]): string {
  // Two blanks before "or": so prints Kubernetes.
  const shown = examples.map((example) => `'${example}'`).join(",  or ");
  return `${text} (e.g. ${shown}, regex used for validation is '${pattern}')`;
}

function maxLength(value: string, max: number): string[] {
  return Buffer.byteLength(value) > max ? [`must be no more than ${max} bytes`] : [];
}

/** Each rule gives what is wrong with a value; nothing when it is well. */
export type NameRule = (value: string) => readonly string[];

export const subdomainName: NameRule = (value) => {
  const problems = maxLength(value, 253);
  if (!matches(SUBDOMAIN, value)) {
    problems.push(
      regexText(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        SUBDOMAIN,
        "example.com",
      ),
    );
  }
  return problems;
};

export const labelName: NameRule = (value) => {
  const problems = maxLength(value, 63);
  if (!matches(LABEL, value)) {
    if (matches(SUBDOMAIN, value)) problems.push("must not contain dots");
    else {
      problems.push(
        regexText(
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
          LABEL,
          "my-name",
          "123-abc",
        ),
      );
    }
  }
  return problems;
};

export const dns1035Name: NameRule = (value) => {
  const problems = maxLength(value, 63);
  if (!matches(DNS_1035, value)) {
    problems.push(
      regexText(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        DNS_1035,
        "my-name",
        "abc-123",
      ),
    );
  }
  return problems;
};

/** What may stand in a URL path; the rule for names from the outside before anything else is known. */
export const pathSegment: NameRule = (value) => {
  if (value === "." || value === "..") return [`may not be '${value}'`];
  return ["/", "%"].filter((one) => value.includes(one)).map((one) => `may not contain '${one}'`);
};

/** `[prefix/]name` of labels, annotations and finalizers. */
export const qualifiedName: NameRule = (value) => {
  const parts = value.split("/");
  const problems: string[] = [];
  const name = parts.at(-1) ?? "";
  if (parts.length > 2) {
    const text = regexText(
      "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      QUALIFIED_NAME,
      "MyName",
      "my.name",
      "123-abc",
    );
    return [`${text} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  if (parts.length === 2) {
    const prefix = parts[0] ?? "";
    if (prefix === "") problems.push("prefix part must be non-empty");
    else problems.push(...subdomainName(prefix).map((problem) => `prefix part ${problem}`));
  }
  if (name === "") problems.push("name part must be non-empty");
  else problems.push(...maxLength(name, 63).map((problem) => `name part ${problem}`));
  if (!matches(QUALIFIED_NAME, name)) {
    problems.push(
      `name part ${regexText(
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        QUALIFIED_NAME,
        "MyName",
        "my.name",
        "123-abc",
      )}`,
    );
  }
  return problems;
};

export const labelValue: NameRule = (value) => {
  const problems = maxLength(value, 63);
  if (!matches(LABEL_VALUE, value)) {
    problems.push(
      regexText(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        LABEL_VALUE,
        "MyValue",
        "my_value",
        "12345",
      ),
    );
  }
  return problems;
};

/** Keys of ConfigMap and Secret data. */
export const configKey: NameRule = (value) => {
  const problems = maxLength(value, 253);
  if (!matches(CONFIG_KEY, value)) {
    problems.push(
      regexText(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        CONFIG_KEY,
        "key.name",
        "KEY_NAME",
        "key-name",
      ),
    );
  }
  if (value === ".") problems.push("must not be '.'");
  if (value === "..") problems.push("must not be '..'");
  else if (value.startsWith("..")) problems.push("must not start with '..'");
  return problems;
};
