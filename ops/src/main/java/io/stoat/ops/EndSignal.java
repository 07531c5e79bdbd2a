package io.stoat.ops;

import java.io.IOException;
import org.agrona.concurrent.ShutdownSignalBarrier;
import sun.misc.Signal;

/**
 * Asks a node to end: SIGTERM, SIGINT or, where wanted, the end of standard input. The JVM goes on
 * until the node has closed everything, and so ends with the command's own exit code instead of the
 * signal's. What else ends a JVM (SIGHUP, {@code System.exit}) asks too, and waits for {@link
 * #close()}.
 */
final class EndSignal implements AutoCloseable {
    private final ShutdownSignalBarrier barrier = new ShutdownSignalBarrier();
    private volatile boolean hasInputEnded;

    /** Listens to the signals from now on. */
    EndSignal() {
        listenTo("TERM");
        listenTo("INT");
    }

    private void listenTo(final String signal) {
        try {
            Signal.handle(new Signal(signal), received -> barrier.signal());
        } catch (final IllegalArgumentException taken) {
            // with -Xrs the JVM leaves signals to the system: it ends as the system says
        }
    }

    /** Asks at the end of standard input, too: who started the process is gone. */
    void listenToInput() {
        final Thread listener = new Thread(this::awaitEndOfInput, "end-of-input");
        listener.setDaemon(true);
        listener.start();
    }

    private void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // only the end matters
            }
        } catch (final IOException ignore) {
            // as good as the end
        }
        hasInputEnded = true;
        barrier.signal();
    }

    /** Waits until the node is to end. */
    void await() {
        barrier.await();
    }

    /**
     * @return whether standard input has ended, {@link #listenToInput} given.
     */
    boolean hasInputEnded() {
        return hasInputEnded;
    }

    /** Lets a JVM end that waits for this: everything else comes before. */
    @Override
    public void close() {
        barrier.close();
    }
}
