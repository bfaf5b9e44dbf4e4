import type { ReactNode } from 'react';

/** A name and a value; a wide one has a line of its own. */
export type Fact = readonly [name: string, value: ReactNode, width?: 'wide'];

/** What is known of one item, as a box with names and values. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <section className="box">
      <FactList facts={facts} />
    </section>
  );
}

/** Names and values without a box. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value, width]) => (
        <div key={name} className={width}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
