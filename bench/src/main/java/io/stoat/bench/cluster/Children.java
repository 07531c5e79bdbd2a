package io.stoat.bench.cluster;

import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.TalkingProcess;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How the processes of a cluster's measurement are started. */
final class Children {
    private static final long ANSWER_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(90);
    private static final List<String> FLAGS =
            List.of("-Xms128m", "-Xmx512m", "-Daeron.pre.touch.mapped.memory=false");

    private Children() {}

    /** A class's main in a JVM like this one. */
    static TalkingProcess ofJava(
            final String name, final Class<?> main, final String... arguments) {
        return ofProgram(name, Build.current().java(FLAGS, main, (Object[]) arguments));
    }

    /** A program of the host. */
    static TalkingProcess ofProgram(final String name, final List<String> command) {
        return new TalkingProcess(name, command, ANSWER_TIMEOUT_NS);
    }
}
