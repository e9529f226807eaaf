/** An answer that says no: thrown by an operation, sent as the service's error of that name. */
export class Refusal extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The refusal of a parameter whose value the service does not take. */
export function invalidValue(message: string): Refusal {
  return new Refusal('InvalidParameterValueException', message);
}
