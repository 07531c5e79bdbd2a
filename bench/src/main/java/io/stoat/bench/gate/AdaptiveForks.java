package io.stoat.bench.gate;

import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.Repetitions;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds forks of a run until its comparison is clear, the most forks were made, or the time is up.
 * Figures are judged only at a few numbers of forks, because each look costs a share of the level.
 */
public final class AdaptiveForks implements Repetitions {
    private static final double GROWTH = 1.5;

    private final Criteria criteria;
    private final int phases;
    private final List<Integer> looks;
    private final long deadlineNs;

    /**
     * @param criteria to judge by; its looks are those of {@link #looks}.
     * @param phases of the whole gate.
     * @param least forks of each build.
     * @param most forks of each build.
     * @param deadlineNs {@link System#nanoTime()} at which no fork is begun any more.
     */
    public AdaptiveForks(
            final Criteria criteria,
            final int phases,
            final int least,
            final int most,
            final long deadlineNs) {
        this.criteria = criteria;
        this.phases = phases;
        this.deadlineNs = deadlineNs;
        looks = looks(least, most);
    }

    /**
     * @param least forks of each build.
     * @param most forks of each build.
     * @return the numbers of forks after which figures are judged.
     */
    public static List<Integer> looks(final int least, final int most) {
        final List<Integer> looks = new ArrayList<>();
        for (int forks = least; forks < most; forks = (int) Math.ceil(forks * GROWTH)) {
            looks.add(forks);
        }
        looks.add(most);
        return looks;
    }

    @Override
    public int most() {
        return looks.get(looks.size() - 1);
    }

    @Override
    public boolean wants(final RunSpec spec, final int forks, final List<RunResult> results) {
        if (forks >= most() || forks > 0 && System.nanoTime() - deadlineNs > 0) {
            return false;
        }
        return !looks.contains(forks) || isUnclear(spec, results);
    }

    /** Also what is worse is left alone: more forks would not make it better. */
    private boolean isUnclear(final RunSpec spec, final List<RunResult> results) {
        final List<RunResult> own =
                results.stream()
                        .filter(
                                run ->
                                        run.spec()
                                                .withoutOptions()
                                                .key()
                                                .equals(spec.withoutOptions().key()))
                        .toList();
        if (own.stream().anyMatch(run -> run.failure() != null)) {
            return false;
        }
        return Gate.of(
                                criteria,
                                phases,
                                true,
                                own.stream()
                                        .filter(run -> !run.build().equals(Build.THIS))
                                        .toList(),
                                own.stream().filter(run -> run.build().equals(Build.THIS)).toList())
                        .outcome()
                == Gate.Outcome.INCONCLUSIVE;
    }
}
