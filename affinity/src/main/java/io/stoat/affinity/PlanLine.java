package io.stoat.affinity;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads a plan's line; {@link ThreadPlan} documents its format. */
final class PlanLine {
    /** An entry while roles of the same CPU are brought together; idle is null when left out. */
    private record Entry(List<Role> roles, int cpu, IdleKind idle) {}

    private final String line;

    private PlanLine(final String line) {
        this.line = line;
    }

    static List<PlannedThread> threads(final String line) {
        return new PlanLine(line).threads();
    }

    private List<PlannedThread> threads() {
        final List<Entry> entries = new ArrayList<>();
        final Set<Role> named = new LinkedHashSet<>();
        for (final String text : line.split(",", -1)) {
            final Entry entry = entry(text.trim());
            for (final Role role : entry.roles) {
                if (!named.add(role)) {
                    throw wrong(text.trim(), role + " is given twice; give it once");
                }
            }
            add(entries, entry);
        }
        final List<PlannedThread> threads = new ArrayList<>();
        for (final Entry entry : entries) {
            final boolean shared =
                    entries.stream().filter(other -> other.cpu == entry.cpu).count() > 1;
            final IdleKind idle = entry.idle == null ? defaultIdle(entry, shared) : entry.idle;
            threads.add(new PlannedThread(entry.roles, entry.cpu, idle));
        }
        return threads;
    }

    private Entry entry(final String text) {
        final int equals = text.indexOf('=');
        if (equals < 1) {
            throw wrong(text, "expected ROLE=CPU, for example write-0=3");
        }
        try {
            final List<Role> roles = new ArrayList<>();
            for (final String role : text.substring(0, equals).split("\\+", -1)) {
                roles.add(Role.parse(role.trim()));
            }
            final String place = text.substring(equals + 1);
            final int colon = place.indexOf(':');
            return new Entry(
                    roles,
                    cpu(colon < 0 ? place : place.substring(0, colon)),
                    colon < 0 ? null : IdleKind.parse(place.substring(colon + 1).trim()));
        } catch (final IllegalArgumentException ex) {
            throw wrong(text, ex.getMessage());
        }
    }

    private static int cpu(final String text) {
        final String cpu = text.trim();
        if (cpu.equals(ThreadPlan.OFF)) {
            return PlannedThread.UNPINNED;
        }
        if (cpu.matches("\\d{1,4}") && Integer.parseInt(cpu) <= CpuSet.MAX_CPU) {
            return Integer.parseInt(cpu);
        }
        throw new IllegalArgumentException(
                "'" + cpu + "' is not a CPU number from 0 to " + CpuSet.MAX_CPU + " nor off");
    }

    /** Joins the entry to the thread that is on its CPU already. */
    private void add(final List<Entry> entries, final Entry entry) {
        for (int i = 0; i < entries.size(); i++) {
            final Entry other = entries.get(i);
            if (entry.cpu >= 0
                    && other.cpu == entry.cpu
                    && !bothAskToSpin(entry, other)
                    && RoleGroups.canShare(other.roles, entry.roles)) {
                if (entry.idle != null && other.idle != null && entry.idle != other.idle) {
                    throw wrong(
                            entry.roles.get(0) + "=" + entry.cpu + ":" + entry.idle,
                            "roles on one CPU share a thread, which idles in one way, and "
                                    + other.roles.get(0)
                                    + " says "
                                    + other.idle);
                }
                final List<Role> roles = new ArrayList<>(other.roles);
                roles.addAll(entry.roles);
                entries.set(
                        i,
                        new Entry(roles, entry.cpu, other.idle == null ? entry.idle : other.idle));
                return;
            }
        }
        entries.add(entry);
    }

    /** Whoever writes spin for each wants a thread for each, and is told what that costs. */
    private static boolean bothAskToSpin(final Entry first, final Entry second) {
        return first.idle == IdleKind.BUSY_SPIN && second.idle == IdleKind.BUSY_SPIN;
    }

    private static IdleKind defaultIdle(final Entry entry, final boolean shared) {
        if (entry.cpu < 0 || entry.roles.equals(List.of(Role.HOUSEKEEPING))) {
            return IdleKind.BACKOFF;
        }
        return shared ? IdleKind.YIELD : IdleKind.BUSY_SPIN;
    }

    private IllegalArgumentException wrong(final String entry, final String reason) {
        return new IllegalArgumentException(
                "thread plan '" + line + "', entry '" + entry + "': " + reason);
    }
}
