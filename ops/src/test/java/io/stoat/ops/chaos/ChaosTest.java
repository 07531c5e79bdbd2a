package io.stoat.ops.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * {@code stoat chaos} with real processes: each fault of a set in an order of a seed, the evidence
 * that it struck, and the checkers' verdict. Faults that need root are left out without it; the
 * command prints why.
 *
 * <p>{@code -Dstoat.chaos.set=2} takes the second set, {@code -Dstoat.chaos.turns=N} only the first
 * N faults of it, {@code -Dstoat.chaos.seed=S} another order.
 */
class ChaosTest {
    private static final List<Fault> FIRST =
            List.of(
                    Fault.KILL_LEADER,
                    Fault.PAUSE_LEADER,
                    Fault.PAUSE_FOLLOWER,
                    Fault.KILL_IN_SNAPSHOT,
                    Fault.KILL_IN_REPLAY,
                    Fault.WIPE_FOLLOWER,
                    Fault.UNRULY_LINK,
                    Fault.CLOCK_FORWARD,
                    Fault.LEADER_UNHEARD);
    private static final List<Fault> SECOND =
            List.of(
                    Fault.KILL_FOLLOWER,
                    Fault.KILL_ALL,
                    Fault.STEP_DOWN,
                    Fault.CLOCK_BACKWARD,
                    Fault.FULL_DISK,
                    Fault.PARTITION_LEADER,
                    Fault.PARTITION_FOLLOWER,
                    Fault.LEADER_DEAF);

    @Test
    void shouldHaveEveryFaultInASet() {
        final EnumSet<Fault> all = EnumSet.copyOf(FIRST);
        all.addAll(SECOND);
        assertEquals(EnumSet.allOf(Fault.class), all);
        assertEquals(all.size(), FIRST.size() + SECOND.size());
    }

    @Test
    void shouldStayLinearizableWhateverFails() {
        final long seed = Long.getLong("stoat.chaos.seed", 20261124);
        final List<Fault> faults = chosen(seed);
        final StringWriter said = new StringWriter();
        final int exit =
                new CommandLine(new ChaosCommand())
                        .setOut(new PrintWriter(said, true))
                        .setErr(new PrintWriter(said, true))
                        .execute(
                                "--seed",
                                String.valueOf(seed),
                                "--turns",
                                String.valueOf(faults.size()),
                                "--clients",
                                "2",
                                "--faults",
                                faults.stream().map(Fault::name).collect(Collectors.joining(",")));
        System.out.println(said);
        assertEquals(0, exit, said.toString());
        for (final Fault fault : faults) {
            assertTrue(
                    said.toString().lines().anyMatch(line -> isAccountOf(fault, line)),
                    () -> fault + " neither struck nor was skipped:\n" + said);
        }
        if (said.toString().lines().anyMatch(line -> line.contains(" struck: "))) {
            assertTrue(said.toString().contains("linearizable; members alike"), said.toString());
            assertTrue(
                    said.toString()
                            .matches(
                                    "(?s).*local reads: [1-9]\\d* of any age, [1-9]\\d* bounded,"
                                            + " [1-9]\\d* after a position.*"),
                    said.toString());
        }
    }

    private static List<Fault> chosen(final long seed) {
        final List<Fault> faults =
                new ArrayList<>(Integer.getInteger("stoat.chaos.set", 1) == 1 ? FIRST : SECOND);
        Collections.shuffle(faults, new Random(seed));
        final int turns = Integer.getInteger("stoat.chaos.turns", faults.size());
        return faults.subList(0, Math.min(turns, faults.size()));
    }

    private static boolean isAccountOf(final Fault fault, final String line) {
        return line.startsWith(fault + " struck: ")
                || line.startsWith("skipped: [")
                        && line.substring(0, line.indexOf(']')).contains(fault.name());
    }
}
