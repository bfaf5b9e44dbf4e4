import { LogoutOutlined, MenuOutlined } from '@ant-design/icons';
import { Alert, Button, Drawer, Grid, Layout, Menu, Skeleton } from 'antd';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Boundary, PartFailed } from '../shared/boundary.tsx';
import { ChunkFailed } from '../shared/chunk-failed.tsx';
import icon from '../shared/icon.svg';
import { ChunkError } from '../shared/lazy-page.ts';
import { organizations } from './data/sources.ts';
import { pageOf, pages } from './pages.ts';
import { NoAccess, useCan } from './parts/allowed.tsx';
import { Choice } from './parts/choices/choice.tsx';
import { Failure } from './parts/common.tsx';
import { CorpContext, useCorpChoice, useCorps } from './parts/corp.tsx';
import { HeldRetentionBanner } from './parts/held-retention.tsx';
import { Switches } from './parts/switches.tsx';
import { Link, redirect, usePath } from './route.tsx';
import { useSession } from './session.tsx';
import { useTexts } from './texts/use-texts.ts';

/** The frame around every page: navigation, organization, and the buttons for language and theme. */
export function Shell() {
  const t = useTexts();
  const isWide = Grid.useBreakpoint().lg ?? innerWidth >= 992;
  const [isOpen, setOpen] = useState(false);
  const corps = useCorpChoice();
  const navigation = <Navigation onChosen={() => setOpen(false)} />;
  return (
    <CorpContext value={corps}>
      <a className="skip" href="#content">
        {t.skip}
      </a>
      <Layout className="shell">
        {isWide && (
          <Layout.Sider width={232} className="side">
            <Brand />
            {navigation}
          </Layout.Sider>
        )}
        <Layout>
          <TopBar onMenu={isWide ? undefined : () => setOpen(true)} />
          <main id="content" className="content" tabIndex={-1}>
            <HeldRetentionBanner />
            <Missing />
            <Page />
          </main>
        </Layout>
        {!isWide && (
          <Drawer open={isOpen} onClose={() => setOpen(false)} placement="left" size={264} title={<Brand />}>
            {navigation}
            <Who />
          </Drawer>
        )}
      </Layout>
    </CorpContext>
  );
}

function Brand() {
  return (
    <div className="brand">
      <img src={icon} alt="" width={28} height={28} />
      <span>huizhi</span>
      <small lang="zh-CN">回执</small>
    </div>
  );
}

function Navigation({ onChosen }: { readonly onChosen: () => void }) {
  const t = useTexts();
  const page = pageOf(usePath());
  const allowed = useAllowedPages();
  const shown = (group: string) => allowed.filter((each) => each.group === group);
  const items = (['watch', 'set-up', 'dev'] as const).flatMap((group) => {
    const children = shown(group).map(({ name, path, icon: Icon }) => ({
      key: name,
      icon: <Icon />,
      label: (
        <Link to={path} onClick={onChosen} aria-current={page?.name === name ? 'page' : undefined}>
          {t.pages[name]}
        </Link>
      ),
    }));
    return children.length > 0 ? [{ type: 'group' as const, key: group, label: t.groups[group], children }] : [];
  });
  return (
    <nav aria-label={t.navigation}>
      <Menu mode="inline" selectedKeys={page ? [page.name] : []} items={items} />
    </nav>
  );
}

/** The pages that the operator may see, in the order of the navigation. */
function useAllowedPages() {
  const { isDev } = useSession();
  const can = useCan();
  return pages.filter(({ right, group }) => (isDev || group !== 'dev') && (!right || can(right)));
}

/** Who has signed in. */
function Who() {
  const t = useTexts();
  const { operatorId, name } = useSession().operator;
  return (
    <span className="who" dir="auto">
      {operatorId === 'adminToken' ? t.access.adminToken : name}
    </span>
  );
}

function TopBar({ onMenu }: { readonly onMenu: (() => void) | undefined }) {
  const t = useTexts();
  const { signOut } = useSession();
  return (
    <header className="top">
      {onMenu && <Button type="text" icon={<MenuOutlined />} aria-label={t.menu} onClick={onMenu} />}
      <CorpChoice />
      <span className="grow" />
      {!onMenu && <Who />}
      <Switches />
      <Button type="text" icon={<LogoutOutlined />} onClick={signOut} aria-label={t.signOut} title={t.signOut} />
    </header>
  );
}

function CorpChoice() {
  const t = useTexts();
  const { organization, corpId, first, choose } = useCorps();
  if (first.length === 0) return null;
  return (
    <Choice
      source={organizations}
      className="corp"
      aria-label={t.organization}
      value={corpId}
      chosen={organization}
      onChange={(_, chosen) => chosen && choose(chosen)}
      popupMatchSelectWidth={false}
    />
  );
}

/**
 * Warns that the organizations could not be loaded, or that the one in the URL does not exist and another one is shown.
 */
function Missing() {
  const t = useTexts();
  const { missing, organization, error, reload } = useCorps();
  if (error) return <Failure error={error} onRetry={reload} />;
  if (missing === undefined) return null;
  const title = t.noSuchOrganization(missing, organization?.name);
  return <Alert className="spaced" type="warning" showIcon title={title} role="alert" />;
}

function Page() {
  const t = useTexts();
  const path = usePath();
  const page = pageOf(path);
  const home = useAllowedPages().find(({ right }) => right !== undefined);
  const isAllowed = useCan();
  useFocusOn(path);
  const isForbidden = page?.right !== undefined && !isAllowed(page.right);
  // Operators who may not see the first page start at the first that they may see.
  const next = isForbidden && path === '/' ? home?.path : undefined;
  useEffect(() => {
    if (next) redirect(next);
  }, [next]);
  if (!page) return <Failure title={t.noSuchPage} />;
  if (isForbidden) return next ? null : <NoAccess />;
  const Component = page.page;
  return (
    <Boundary key={path} fallback={renderPageFailed}>
      <Suspense fallback={<Skeleton active />}>
        <Component id={decodeSegment(path.split('/')[2] ?? '')} />
      </Suspense>
    </Boundary>
  );
}

const renderPageFailed = (error: unknown, retry: () => void) =>
  error instanceof ChunkError ? <ChunkFailed page="/console" /> : <PartFailed onRetry={retry} />;

/** Decodes a path segment. A segment with an incomplete escape sequence is returned unchanged. */
function decodeSegment(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * Moves the focus to the content when another page is opened. The pressed link may have been removed, and keyboard
 * users would have to pass all of the navigation.
 */
function useFocusOn(path: string): void {
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== path) document.getElementById('content')?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);
}
