/** A picture for each kind of happening, beside its sentence. */

import {
  ArrowDownLeft,
  ArrowUpRight,
  Cable,
  CheckCheck,
  CircleAlert,
  CircleX,
  Ear,
  Mail,
  Megaphone,
  PackageOpen,
  Play,
  Plug,
  PowerOff as Power,
  RefreshCw,
  Skull,
  SlidersHorizontal as Sliders,
  Terminal,
  TriangleAlert,
  Unplug,
  UserCheck,
  UserPlus,
  Users,
  UserX,
  Zap,
  type IconNode,
} from 'lucide';
import type { Happening } from '../../../bindings/dev';

const ICONS: Record<Happening['kind'], IconNode> = {
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

export function iconOf(happening: Happening): IconNode {
  if (happening.kind === 'ended' && !happening.killed) return Power;
  if (happening.kind === 'answered' && !happening.accepted) return UserX;
  if (happening.kind === 'page' && happening.level === 'error') return CircleAlert;
  if (happening.kind === 'page' && happening.level === 'warning') return TriangleAlert;
  return ICONS[happening.kind];
}
