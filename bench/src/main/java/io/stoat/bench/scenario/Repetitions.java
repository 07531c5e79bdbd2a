package io.stoat.bench.scenario;

import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.RunSpec;
import java.util.List;

/** Says how often a run is made. */
public interface Repetitions {
    /**
     * @return most repetitions of any run.
     */
    int most();

    /**
     * @param spec of a run.
     * @param forks repetitions that were made of it, of each build.
     * @param results of all runs so far.
     * @return whether it is to be made once more.
     */
    boolean wants(RunSpec spec, int forks, List<RunResult> results);

    /**
     * @param forks of every run.
     * @return a fixed number of repetitions.
     */
    static Repetitions fixed(final int forks) {
        return new Repetitions() {
            @Override
            public int most() {
                return forks;
            }

            @Override
            public boolean wants(
                    final RunSpec spec, final int made, final List<RunResult> results) {
                return made < forks;
            }
        };
    }
}
