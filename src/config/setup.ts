export type SetupUser = {
  readonly userId: string;
  readonly name: string;
  /** Unique in the organization; a number that is not of mainland China begins with its country code: `+852-51234567`. */
  readonly mobile?: string;
  readonly email?: string;
  readonly jobNumber?: string;
  readonly title?: string;
  /** The deptIds of all departments of the user. Without any, the user belongs to the root department. */
  readonly departments?: readonly number[];
  /** The deptIds of those of these departments that the user manages. */
  readonly manages?: readonly number[];
};

export type SetupDepartment = {
  /** A number from 2; 1 is the root department, which every organization has. */
  readonly deptId: number;
  readonly name: string;
  /** The deptId of the department above; the root department by default. */
  readonly parentId?: number;
  /** The place among the departments of the same parent, ascending; by default that in the list. */
  readonly order?: number;
};

export type SetupOrganization = {
  readonly corpId: string;
  readonly name: string;
  readonly departments?: readonly SetupDepartment[];
  readonly users: readonly SetupUser[];
  /** The DINGs by SMS and by phone that may be sent in total; any number if it is absent. */
  readonly dingQuota?: { readonly sms?: number; readonly phone?: number };
  readonly groups?: readonly SetupGroup[];
  readonly endpoints?: readonly SetupEndpoint[];
};

/** An address that gets the events of the organization as webhooks. */
export type SetupEndpoint = {
  /** Identifies the endpoint at later starts; unique in the organization. */
  readonly endpointId: string;
  readonly url: string;
  /** `whsec_` and the base64 of 24 to 64 bytes. */
  readonly secret: string;
  /** All types by default. */
  readonly types?: readonly SetupEndpointEvent[];
  readonly description?: string;
  readonly disabled?: boolean;
};

/** A type of events that endpoints get. */
export type SetupEndpointEvent =
  | 'message.sent'
  | 'message.delivered'
  | 'receipt.read'
  | 'receipt.recalled'
  | `group.${'members_added' | 'members_removed' | 'member_left' | 'renamed' | 'owner_changed' | 'disbanded'}`
  | `user.${'added' | 'changed' | 'removed'}`
  | `department.${'created' | 'changed' | 'removed'}`;

/** A type of events that apps get. */
export type SetupAppEvent =
  | 'robot_msg_read'
  | 'robot_msg_recall'
  | `chat_${'add_member' | 'remove_member' | 'quit' | 'update_title' | 'update_owner' | 'disband'}`
  | `user_${'add_org' | 'modify_org' | 'leave_org'}`
  | `org_dept_${'create' | 'modify' | 'remove'}`;

export type SetupGroup = {
  /** Identifies the group at later starts; not shown to anybody. */
  readonly name: string;
  readonly title: string;
  /** The userId of the owner, who becomes a member. */
  readonly owner: string;
  /** userIds, or all users of the organization. */
  readonly members?: 'all' | readonly string[];
  /** The robotCodes of the robots in the group; installed in the organization. */
  readonly robots?: readonly string[];
  /** `cid` and the standard base64 of 16 bytes; random by default. */
  readonly openConversationId?: string;
  /** `chat` and 32 hexadecimal digits; random by default. */
  readonly chatId?: string;
  readonly customRobots?: readonly SetupCustomRobot[];
};

/** A webhook that sends into the group. */
export type SetupCustomRobot = {
  /** Identifies the custom robot at later starts. */
  readonly robotCode: string;
  readonly name: string;
  /** 64 hexadecimal digits: the `access_token` in the address of the webhook. */
  readonly token: string;
  /** `SEC` and 8 to 128 letters or digits; messages need no signature without it. */
  readonly secret?: string;
  /** One of them must occur in a message. */
  readonly keywords?: readonly string[];
  /** IP addresses and ranges from which messages are accepted. */
  readonly addresses?: readonly string[];
  readonly disabled?: boolean;
};

/** An internal app belongs to `corpId`; a third-party app is authorized by the organizations in `authorizedBy`. */
export type SetupApp = {
  readonly appKey: string;
  readonly appSecret: string;
  readonly kind: 'internal' | 'thirdParty';
  readonly corpId?: string;
  readonly authorizedBy?: readonly string[];
  readonly permissions: readonly string[];
  /**
   * For an internal app: the deptIds of the departments that it may see, including their subdepartments; all by
   * default.
   */
  readonly contactScope?: readonly number[];
  /** Identifies the app in the calls for work notices; a number beyond 2^31 by default. */
  readonly agentId?: number;
  /** The address to which messages of people to the app's robots are posted. Without it they arrive in Stream mode. */
  readonly messageUrl?: string;
  /**
   * The events that the app gets in Stream mode, of its organization or of all that authorize it; an empty list for none.
   * Without it they stay as they are.
   */
  readonly events?: readonly SetupAppEvent[];
  /** For an internal app: the address that gets events as encrypted HTTP pushes. Without it, it stays as it is. */
  readonly push?: SetupPush;
  readonly noticeTemplates?: readonly SetupNoticeTemplate[];
  readonly cardTemplates?: readonly SetupCardTemplate[];
};

/** A template of interactive cards that the calls refuse. All others are accepted. */
export type SetupCardTemplate = {
  /** The cardTemplateId of the calls. */
  readonly templateId: string;
  /** A card with an `unpublished` or `removed` template is refused with `param.templateUnpublished` or `param.templateNotExist`. */
  readonly state: 'active' | 'unpublished' | 'removed';
};

/** An address that gets the events of an app as encrypted HTTP pushes. It is not checked with `check_url`. */
export type SetupPush = {
  readonly url: string;
  /** From 6 to 63 characters. */
  readonly token: string;
  /** 43 letters and digits. */
  readonly aesKey: string;
  readonly types: readonly SetupAppEvent[];
};

/** A template of the call `sendbytemplate`. */
export type SetupNoticeTemplate = {
  /** The template_id of the call. */
  readonly templateId: string;
  /** The message with its msgtype, as in `msg` of asyncsend_v2; `${name}` in its texts stands for a value of `data`. */
  readonly message: Readonly<Record<string, unknown>>;
  /** A stopped template is refused. */
  readonly stopped?: boolean;
};

export type SetupRobot = {
  readonly robotCode: string;
  readonly name: string;
  readonly appKey: string;
  /** The corpIds of the organizations that the robot may send to. */
  readonly installedIn: readonly string[];
  readonly disabled?: boolean;
  /** Maximum number of deliveries to one user in a minute and in a day; 0 is no limit. */
  readonly perUserPerMinute?: number;
  readonly perUserPerDay?: number;
  /** The code that sends to conversations must have. */
  readonly coolAppCode?: string;
  /** State of the templates by msgKey. A template that is not named keeps its state, which is `active` at first. */
  readonly templates?: { readonly [msgKey: string]: 'active' | 'stopped' | 'removed' };
};

/** What a configuration file creates or updates at start; nothing else is changed. Every referenced code exists. */
export type Setup = {
  readonly organizations: readonly SetupOrganization[];
  readonly apps: readonly SetupApp[];
  readonly robots: readonly SetupRobot[];
};

/**
 * A problem in a setup: a key path such as `['robots', 0, 'appKey']`, and the end of a sentence that says what is
 * wrong.
 */
export type Finding = { readonly path: readonly (string | number)[]; readonly what: string };
