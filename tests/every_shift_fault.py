"""Every fault of a shift file that tests bring about: those that reading it tells, and those that building tells."""

from __future__ import annotations

from tests.shift_faults_alert import ALERT
from tests.shift_faults_busy import BUSY
from tests.shift_faults_closed import CLOSED, CLOSED_BUILD
from tests.shift_faults_duty import DUTY, DUTY_BUILD
from tests.shift_faults_fields import FIELDS, YAML
from tests.shift_faults_locks import LOCKS, LOCKS_BUILD
from tests.shift_faults_rules import NAMES, RULES, TIMES
from tests.shift_faults_shifts import SHIFTS
from tests.shift_faults_sites import SITES
from tests.shift_faults_stretches import STRETCHES, STRETCHES_BUILD
from tests.shift_faults_tables import AREAS, BUILD, TABLES
from tests.shift_faults_work import WORK, WORK_BUILD

READ = (
    *YAML,
    *FIELDS,
    *TIMES,
    *NAMES,
    *RULES,
    *WORK,
    *DUTY,
    *LOCKS,
    *SHIFTS,
    *ALERT,
    *CLOSED,
    *STRETCHES,
    *SITES,
    *BUSY,
    *TABLES,
    *AREAS,
)
BUILT = (*BUILD, *WORK_BUILD, *DUTY_BUILD, *LOCKS_BUILD, *CLOSED_BUILD, *STRETCHES_BUILD)
