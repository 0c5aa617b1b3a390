// What the API answers (functions/openapi.json), as far as the page reads it.

type Config = {
  authority: string;
  tokenEndpoint: string;
  clientId: string;
  scope: string;
  providerName: string;
  supportEmail: string;
  guides: { apiAuthentication: string; mfa: string };
};

type Stage = 'sixWeeks' | 'threeWeeks' | 'daily' | 'expired';

type Secret = {
  keyId: string;
  displayName: string | null;
  hint: string | null;
  startDateTime: string;
  endDateTime: string;
  expiresOn: string;
  /** Null: not made here. Empty: the name was removed on request. */
  createdBy: string | null;
  lastReminder: { stage: Stage; sentAt: string } | null;
};

type CreatedSecret = Secret & { secretText: string };

type Resource = { name: string; environment: string; resourceAppId: string };

type Application = {
  clientId: string;
  displayName: string;
  organisation: { countryCode: string; name: string } | null;
  canWrite: boolean;
  resources: Resource[];
  secrets: Secret[];
};

type Limits = {
  minExpiresOn: string;
  maxExpiresOn: string;
  defaultExpiresOn: string;
  maxDisplayNameLength: number;
};

type Listing = { serverTime: string; newSecret: Limits; applications: Application[] };

/** A problem document; `offline` and `no_answer` are the page's own: nothing was answered. */
type Problem = {
  status: number;
  code: string;
  traceId?: string;
  retryAfterSeconds?: number;
  claims?: string;
  keyId?: string;
  errors?: { pointer: string }[];
};

type NewSecret = { displayName: string; expiresOn: string };
type ApiRequest = { path: string; method?: string; key?: string; body?: NewSecret };
type Refusal = { ok: false; problem: Problem };
type Answer<T> = { ok: true; body: T } | Refusal;

// What is kept in the page.

/** What was typed for a new secret, and the key of its request if one may have arrived. */
type Draft = {
  clientId: string;
  name: string;
  choice: string;
  day: string;
  key: string;
  sent: boolean;
};

type User = { name: string; address: string };

type Started = { user: User | null; fragment: string; refused: string | null };

/** What the parts of the page share. */
type Context = {
  config: Config;
  listing: Listing;
  /** Reads the list again and shows it; true if it was read. */
  refresh(): Promise<boolean>;
  /** Sends a request, which may end in a sign-in: then what `draft` returns is kept. */
  ask<T>(request: ApiRequest, draft?: () => Draft): Promise<Answer<T>>;
  signIn(draft?: Draft): void;
  /** Shows a message for a while, and has it read out. */
  tell(message: string): void;
};

/** How near the end is: more than 6 weeks away, less, under 30 days, 7 days or less, past. */
type Urgency = 'active' | 'soon' | 'warning' | 'urgent' | 'expired';

type Child = Node | string | 0 | null | false | undefined;
type Given = Record<string, unknown>;
