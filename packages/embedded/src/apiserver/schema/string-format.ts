import { isIPv4, isIPv6 } from "node:net";
import { firstIllegalBase64 } from "../kinds/secret.js";

const HOSTNAME = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*\.?$/;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})?$/;
/** Go's time.ParseDuration, and the words that go-openapi's strfmt adds. */
const DURATION = /^(0|[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*)$/;
const WORDY_DURATION =
  /^(\d+\s*(ns|nanos?|us|µs|micros?|ms|millis?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)\s*)+$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** The formats that Kubernetes checks; others are ignored. Source: kube-openapi/pkg/validation/strfmt. */
const CHECKS = new Map<string, (text: string) => boolean>([
  ["date", (text) => DATE.test(text) && !Number.isNaN(Date.parse(text))],
  ["date-time", (text) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text))],
  ["datetime", (text) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text))],
  ["duration", (text) => DURATION.test(text) || WORDY_DURATION.test(text)],
  ["byte", (text) => firstIllegalBase64(text) === undefined],
  ["uuid", (text) => UUID.test(text)],
  ["ipv4", isIPv4],
  ["ipv6", isIPv6],
  ["cidr", isCidr],
  ["uri", (text) => URL.canParse(text)],
  ["email", (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text)],
  ["hostname", (text) => text.length <= 255 && HOSTNAME.test(text)],
]);

export function hasFormat(format: string, text: string): boolean {
  return CHECKS.get(format)?.(text) ?? true;
}

function isCidr(text: string): boolean {
  const [address = "", bits = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  if (isIPv4(address)) return Number(bits) <= 32;
  return isIPv6(address) && Number(bits) <= 128;
}
