import type { ControlPlane } from "../control-plane/start-control-plane.js";

/** Something that people do, done against the real control plane. */
export interface Scenario {
  readonly name: string;
  /** Resolves with what was seen, a line each, the first one the sum of it. Rejects with what is wrong. */
  run(lane: ScenarioLane): Promise<ScenarioReport>;
}

export interface ScenarioLane {
  readonly controlPlane: ControlPlane;
  /** How often to repeat what chance decides. Few when absent. */
  readonly rounds?: number | undefined;
  /** There for the scenario to write into; removed after the run. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Told how it goes on, for who waits for long ones. */
  readonly onProgress: (text: string) => void;
}

export type ScenarioReport =
  | { readonly seen: readonly [summary: string, ...details: string[]]; readonly skipped?: undefined }
  | { readonly skipped: string };
