export type SetupUser = { readonly userId: string; readonly name: string };

export type SetupOrganization = {
  readonly corpId: string;
  readonly name: string;
  readonly users: readonly SetupUser[];
};

/** An internal app belongs to `corpId`; a third-party app is authorized by the organizations in `authorizedBy`. */
export type SetupApp = {
  readonly appKey: string;
  readonly appSecret: string;
  readonly kind: 'internal' | 'thirdParty';
  readonly corpId?: string;
  readonly authorizedBy?: readonly string[];
  readonly permissions: readonly string[];
};

export type SetupRobot = {
  readonly robotCode: string;
  readonly name: string;
  readonly appKey: string;
  /** The corpIds of the organizations in which it may send. */
  readonly installedIn: readonly string[];
  readonly disabled?: boolean;
  /** Most deliveries to one user in a minute and in a day; 0 is no limit. */
  readonly perUserPerMinute?: number;
  readonly perUserPerDay?: number;
  /** By msgKey; a template that is not named stays as it is, active at first. */
  readonly templates?: { readonly [msgKey: string]: 'active' | 'stopped' | 'removed' };
};

/** What a configuration file creates or updates at start; nothing else is touched. Every code in it resolves. */
export type Setup = {
  readonly organizations: readonly SetupOrganization[];
  readonly apps: readonly SetupApp[];
  readonly robots: readonly SetupRobot[];
};

/** A key path such as `['robots', 0, 'appKey']`, and what is wrong there. */
export type Finding = { readonly path: readonly (string | number)[]; readonly what: string };
