/** Source: RFC 1035 section 2.3.1 as Kubernetes reads it (`IsDNS1035Label`). */
const DNS_1035_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
/** Source: RFC 1123 label as Kubernetes reads it (`IsDNS1123Label`). */
const DNS_1123_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** What is wrong with `text` as a DNS-1035 label of at most `maxLength` characters, or undefined. */
export function dns1035LabelProblem(text: string, maxLength = 63): string | undefined {
  if (text.length > maxLength) return `must be no more than ${maxLength} characters`;
  if (!DNS_1035_LABEL.test(text)) {
    return "must be a DNS-1035 label: lower case letters, digits and '-', starting with a letter and ending with a letter or digit";
  }
  return undefined;
}

/** What is wrong with `text` as a namespace name, or undefined. */
export function dns1123LabelProblem(text: string): string | undefined {
  if (text.length > 63) return "must be no more than 63 characters";
  if (!DNS_1123_LABEL.test(text)) {
    return "must be a DNS-1123 label: lower case letters, digits and '-', starting and ending with a letter or digit";
  }
  return undefined;
}
