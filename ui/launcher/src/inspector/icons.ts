/** A picture for each kind of happening, beside its sentence. */

import ArrowDownLeft from '@lucide/svelte/icons/arrow-down-left';
import ArrowUpRight from '@lucide/svelte/icons/arrow-up-right';
import Cable from '@lucide/svelte/icons/cable';
import CheckCheck from '@lucide/svelte/icons/check-check';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import CircleX from '@lucide/svelte/icons/circle-x';
import Ear from '@lucide/svelte/icons/ear';
import Mail from '@lucide/svelte/icons/mail';
import Megaphone from '@lucide/svelte/icons/megaphone';
import PackageOpen from '@lucide/svelte/icons/package-open';
import Power from '@lucide/svelte/icons/power-off';
import Play from '@lucide/svelte/icons/play';
import Plug from '@lucide/svelte/icons/plug';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Skull from '@lucide/svelte/icons/skull';
import Sliders from '@lucide/svelte/icons/sliders-horizontal';
import Terminal from '@lucide/svelte/icons/terminal';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import Unplug from '@lucide/svelte/icons/unplug';
import UserCheck from '@lucide/svelte/icons/user-check';
import UserPlus from '@lucide/svelte/icons/user-plus';
import UserX from '@lucide/svelte/icons/user-x';
import Users from '@lucide/svelte/icons/users';
import Zap from '@lucide/svelte/icons/zap';
import type { Happening } from '../../../bindings/dev';

const ICONS: Record<Happening['kind'], typeof Mail> = {
  sent: ArrowUpRight,
  received: ArrowDownLeft,
  acknowledged: CheckCheck,
  failed: CircleX,
  taken: PackageOpen,
  invited: UserPlus,
  invitation: Mail,
  answered: UserCheck,
  announced: Megaphone,
  heard: Ear,
  connected: Plug,
  disconnected: Unplug,
  refused: CircleAlert,
  page: Terminal,
  started: Play,
  ended: Skull,
  conditions: Sliders,
  link: Cable,
  lost: Zap,
  introduced: Users,
  reloaded: RefreshCw,
};

export function iconOf(happening: Happening): typeof Mail {
  if (happening.kind === 'ended' && !happening.killed) return Power;
  if (happening.kind === 'answered' && !happening.accepted) return UserX;
  if (happening.kind === 'page' && happening.level === 'error') return CircleAlert;
  if (happening.kind === 'page' && happening.level === 'warning') return TriangleAlert;
  return ICONS[happening.kind];
}
