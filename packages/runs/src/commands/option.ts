/**
 * An option of a command, declared once: the parser, the help, the checks and the documentation follow from the declaration.
 *
 * Texts are read by zod schemas (`values.ts`). Nothing here knows a command, a domain, or how a terminal is written to.
 */
import { z } from 'zod';

/** Of options without a value: nothing is read. */
const noText = z.string();

export interface CommandOption<Value = unknown> {
  /** As typed, such as `--labels`; default: the option's key in kebab case behind two dashes. `--no-x` gives false. */
  readonly flag?: string | undefined;
  /** What stands for the value in help, such as `<n>`; absent: the option takes no value. */
  readonly placeholder?: string | undefined;
  readonly help: string;
  /** From one typed word to the value (of a repeatable option: to one of its values). */
  readonly schema: z.ZodType<unknown, string>;
  /** All words that are accepted, where they can be listed. */
  readonly choices?: readonly string[] | undefined;
  /** The value where the option is not given. */
  readonly default?: Value | undefined;
  /** The default as help shows it. */
  readonly defaultText?: string | undefined;
  readonly isRequired?: boolean | undefined;
  readonly isRepeatable?: boolean | undefined;
  /** Flag of an option that cannot be given as well. */
  readonly conflictsWith?: string | undefined;
  /**
   * A look at the machine, such as whether a path exists, before work begins.
   *
   * @throws {UsageError} that names the flag.
   */
  check?(flag: string, value: NonNullable<Value>): void;
}

export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** What is given to a command that has these options. */
export type GivenOf<Options extends CommandOptions> = {
  readonly [Key in keyof Options]: Options[Key] extends CommandOption<infer Value> ? Value : never;
};

type Described<Value> = Pick<CommandOption<Value>, 'flag' | 'help' | 'choices' | 'conflictsWith' | 'check'> & {
  readonly placeholder: string;
};

/** An option that may be absent. */
export function optional<Value>(
  schema: z.ZodType<Value, string>,
  described: Described<Value>,
): CommandOption<Value | undefined> {
  return { ...described, schema };
}

/** An option without which the command is refused. */
export function required<Value>(schema: z.ZodType<Value, string>, described: Described<Value>): CommandOption<Value> {
  return { ...described, schema, isRequired: true };
}

/** An option that has a value even where it is not given. */
export function withDefault<Value>(
  schema: z.ZodType<Value, string>,
  value: NoInfer<Value>,
  described: Described<Value> & { readonly defaultText?: string },
): CommandOption<Value> {
  return { ...described, schema, default: value };
}

/** An option that can be given several times; its values in the order in which they were typed. */
export function repeated<Value>(
  schema: z.ZodType<Value, string>,
  described: Pick<Described<Value>, 'flag' | 'help' | 'placeholder'>,
): CommandOption<readonly Value[]> {
  return { ...described, schema, default: [], isRepeatable: true };
}

/** `--strict`: true where it is given. */
export function flag(help: string, conflictsWith?: string): CommandOption<boolean> {
  return { help, schema: noText, default: false, conflictsWith };
}

/** `--no-x`: false where it is given. */
export function negation(flagName: `--no-${string}`, help: string): CommandOption<boolean> {
  return { flag: flagName, help, schema: noText, default: true };
}

/** `--step-share` of the key `stepShare`. */
export function flagOf(key: string, { flag: given }: Pick<CommandOption, 'flag'> = {}): string {
  return given ?? `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
