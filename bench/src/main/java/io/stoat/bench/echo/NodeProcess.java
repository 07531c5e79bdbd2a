package io.stoat.bench.echo;

import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.TalkingProcess;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of a measurement, in a JVM of its own, which answers each line on its standard input
 * with one line, and ends when its input does.
 */
final class NodeProcess implements AutoCloseable {
    private static final long ANSWER_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(90);

    private final TalkingProcess process;

    /**
     * @param main class to run; it says {@value EchoNode#READY} when it is ready.
     * @param args of the class.
     */
    NodeProcess(final Class<?> main, final Object... args) {
        process =
                new TalkingProcess(
                        main.getSimpleName(),
                        Build.current().java(List.of(), main, args),
                        ANSWER_TIMEOUT_NS);
        try {
            process.await(EchoNode.READY);
        } catch (final RuntimeException ex) {
            process.kill();
            throw ex;
        }
    }

    /** Says a line and waits for an answer that starts with the word; the rest of it. */
    String ask(final String line, final String word) {
        return process.ask(line, word);
    }

    /** A node that waits leaves its core to the one that is measured. */
    void pause(final boolean paused) {
        ask(paused ? EchoNode.PAUSE : EchoNode.GO_ON, EchoNode.DONE);
    }

    /** What the JVM's compilers took so far, ms. */
    long compiledMs() {
        return Long.parseLong(ask(EchoNode.COMPILED, EchoNode.DONE));
    }

    /** Ends it; fails when it had failed. */
    @Override
    public void close() {
        process.end();
    }
}
