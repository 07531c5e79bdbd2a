package io.stoat.bench.large;

import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.TalkingProcess;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A child JVM with this one's flags that is talked to by lines; closing it is SIGKILL. */
final class LargeProcess implements AutoCloseable {
    private final TalkingProcess process;

    private LargeProcess(final TalkingProcess process) {
        this.process = process;
    }

    /**
     * Starts a child.
     *
     * @param scratch its files' place, deleted by the parent.
     * @param answerTimeoutMs how long it may take for an answer.
     */
    static LargeProcess start(
            final Class<?> main,
            final Path scratch,
            final long answerTimeoutMs,
            final Object... arguments) {
        final List<String> flags =
                new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
        flags.add("-D" + ScratchDirectory.ROOT_PROPERTY + "=" + scratch);
        return new LargeProcess(
                new TalkingProcess(
                        main.getSimpleName(),
                        Build.currentWithoutOptions().java(flags, main, arguments),
                        TimeUnit.MILLISECONDS.toNanos(answerTimeoutMs)));
    }

    /** What follows the word on the line that begins with it. */
    String await(final String word) {
        return process.await(word);
    }

    /** A duration that the child printed in ns, in seconds. */
    double awaitSeconds(final String word) {
        return Long.parseLong(await(word).split(" ")[0]) / 1e9;
    }

    void send(final String line) {
        process.tell(line);
    }

    /** SIGKILL; returns when it has ended. */
    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        kill();
    }
}
