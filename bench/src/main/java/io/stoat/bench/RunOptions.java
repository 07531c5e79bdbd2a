package io.stoat.bench;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that everything has that makes runs. */
final class RunOptions {
    @Option(names = "--targets", split = ",", paramLabel = "NAME", description = "What to measure.")
    private List<String> targets;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of each phase.")
    private double seconds;

    @Option(
            names = "--pin",
            paramLabel = "PLAN",
            description =
                    "Thread plan of node and load: auto, off or a line; default off (of a gate: auto for nodes that answer).")
    private String plan;

    @Mixin private OutOption out;

    /** What was asked for, or null. */
    List<String> targets() {
        return targets;
    }

    /** Seconds, or 0 when they were not given. */
    double seconds() {
        return seconds;
    }

    /** The plan of threads, or another one when none was given. */
    String plan(final String otherwise) {
        return plan == null ? otherwise : plan;
    }

    Path directory(final String name) {
        return out.directory(name);
    }
}
