import { EVENTS } from "@tenantry/sdk";
import { invalid } from "../object/field-error.js";
import { age, builtInKind, fieldAt, fieldText } from "./built-in-kind.js";
import { ANYTHING, INTEGER, objectOf, STRING, TIME } from "./object-schema.js";

const INVOLVED = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] as const;
const REFERENCE = {
  ...objectOf(Object.fromEntries(INVOLVED.map((field) => [field, STRING]))),
  "x-kubernetes-map-type": "atomic",
} as const;

/** Source: kubernetes/kubernetes pkg/registry/core/event, pkg/apis/core/validation/events.go. */
export const eventKind = builtInKind({
  resource: EVENTS,
  singular: "event",
  shortNames: ["ev"],
  schema: objectOf({
    involvedObject: REFERENCE,
    related: REFERENCE,
    reason: STRING,
    message: STRING,
    type: STRING,
    action: STRING,
    count: INTEGER,
    firstTimestamp: TIME,
    lastTimestamp: TIME,
    eventTime: TIME,
    series: ANYTHING,
    source: objectOf({ component: STRING, host: STRING }),
    reportingComponent: STRING,
    reportingInstance: STRING,
  }),
  columns: [
    {
      name: "Last Seen",
      type: "string",
      description: "When this was seen last.",
      value: (event, now) => age(lastSeen(event), now),
    },
    {
      name: "Type",
      type: "string",
      description: "Type of this event (Normal, Warning), new types could be added in the future",
      value: fieldText("type"),
    },
    {
      name: "Reason",
      type: "string",
      description: "This should be a short, machine understandable string.",
      value: fieldText("reason"),
    },
    {
      name: "Object",
      type: "string",
      description: "The object that this event is about.",
      value: (event) =>
        `${fieldText("involvedObject", "kind")(event).toLowerCase()}/${fieldText("involvedObject", "name")(event)}`,
    },
    {
      name: "Subobject",
      type: "string",
      priority: 1,
      description: "The part of the object that this event is about.",
      value: fieldText("involvedObject", "fieldPath"),
    },
    {
      name: "Source",
      type: "string",
      priority: 1,
      description: "The component reporting this event.",
      value: (event) =>
        ["component", "host"]
          .map((part) => fieldText("source", part)(event))
          .filter((part) => part !== "")
          .join(", "),
    },
    {
      name: "Message",
      type: "string",
      description: "A human-readable description of the status of this operation.",
      value: fieldText("message"),
    },
    {
      name: "First Seen",
      type: "string",
      priority: 1,
      description: "When this was seen first.",
      value: (event, now) => age(firstSeen(event), now),
    },
    {
      name: "Count",
      type: "string",
      priority: 1,
      description: "How often this was seen.",
      value: (event) => fieldAt(event, "count") ?? 1,
    },
    {
      name: "Name",
      type: "string",
      format: "name",
      priority: 1,
      description: "The event's own name.",
      value: fieldText("metadata", "name"),
    },
  ],
  selectableFields: {
    ...Object.fromEntries(INVOLVED.map((field) => [`involvedObject.${field}`, fieldText("involvedObject", field)])),
    reason: fieldText("reason"),
    reportingComponent: fieldText("reportingComponent"),
    source: fieldText("source", "component"),
    type: fieldText("type"),
  },
  rules: {
    createsOnUpdate: true,
    validate(event) {
      const about = fieldText("involvedObject", "namespace")(event);
      const expected = about === "" ? "default" : about;
      if (expected === event.metadata.namespace) return [];
      return [invalid("involvedObject.namespace", about, "does not match event.namespace")];
    },
  },
});

function firstSeen(event: Parameters<typeof fieldAt>[0]): string | undefined {
  const time = fieldAt(event, "firstTimestamp") ?? fieldAt(event, "eventTime");
  return typeof time === "string" ? time : undefined;
}

function lastSeen(event: Parameters<typeof fieldAt>[0]): string | undefined {
  for (const field of ["lastTimestamp", "eventTime", "firstTimestamp"]) {
    const time = fieldAt(event, field);
    if (typeof time === "string") return time;
  }
  return event.metadata.creationTimestamp ?? undefined;
}
