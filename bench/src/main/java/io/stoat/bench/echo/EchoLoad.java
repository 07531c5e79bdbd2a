package io.stoat.bench.echo;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/** Sends to the bare echo what a client would send, on one thread with its media driver. */
final class EchoLoad implements RoundTrips, AutoCloseable {
    static final int WINDOW = 256;

    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int FRAGMENT_LIMIT = 64;

    private final MediaDriver driver;
    private final AgentInvoker driverInvoker;
    private final Aeron aeron;
    private final Subscription answers;
    private final ExclusivePublication requests;
    private final UnsafeBuffer message;
    private final IdleStrategy idle;
    private long received;
    private final FragmentHandler handler = (buffer, offset, length, header) -> received++;

    EchoLoad(
            final Path directory,
            final String endpoint,
            final boolean udp,
            final int mtuLength,
            final IdleStrategy idle) {
        this.idle = idle;
        message = new UnsafeBuffer(new byte[EchoAgent.REQUEST_OVERHEAD + EchoNode.KEY_LENGTH]);
        driver =
                udp
                        ? MediaDriver.launch(
                                new MediaDriver.Context()
                                        .aeronDirectoryName(directory.resolve("load").toString())
                                        .threadingMode(ThreadingMode.INVOKER)
                                        .mtuLength(mtuLength)
                                        .clientLivenessTimeoutNs(EchoNode.PATIENCE_NS)
                                        .publicationUnblockTimeoutNs(2 * EchoNode.PATIENCE_NS)
                                        .imageLivenessTimeoutNs(EchoNode.PATIENCE_NS)
                                        .dirDeleteOnStart(true)
                                        .dirDeleteOnShutdown(true)
                                        .warnIfDirectoryExists(false))
                        : null;
        driverInvoker = udp ? driver.sharedAgentInvoker() : null;
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(
                                        udp
                                                ? driver.aeronDirectoryName()
                                                : driverDirectory(directory).toString())
                                .useConductorAgentInvoker(true)
                                .driverAgentInvoker(driverInvoker));
        answers =
                aeron.addSubscription(
                        udp ? "aeron:udp?endpoint=" + answerEndpoint(endpoint) : "aeron:ipc",
                        EchoAgent.ANSWER_STREAM);
        requests =
                aeron.addExclusivePublication(
                        udp ? "aeron:udp?endpoint=" + endpoint : "aeron:ipc",
                        EchoAgent.REQUEST_STREAM);
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (!requests.isConnected() || !answers.isConnected()) {
            requireInTime(deadlineNs);
            poll();
        }
    }

    static Path driverDirectory(final Path directory) {
        return directory.resolve("bare");
    }

    /** The next port is the answers'. */
    static String answerEndpoint(final String endpoint) {
        final int colon = endpoint.lastIndexOf(':');
        final int port = Integer.parseInt(endpoint.substring(colon + 1));
        return endpoint.substring(0, colon + 1) + (port < 65_535 ? port + 1 : port - 1);
    }

    private static void requireInTime(final long deadlineNs) {
        if (System.nanoTime() - deadlineNs > 0) {
            throw new IllegalStateException("the bare echo did not answer in 60 s");
        }
    }

    /** Takes answers; also while another node is measured, lest Aeron takes it for dead. */
    int poll() {
        final int driven = driverInvoker == null ? 0 : driverInvoker.invoke();
        return driven
                + aeron.conductorAgentInvoker().invoke()
                + answers.poll(handler, FRAGMENT_LIMIT);
    }

    @Override
    public void roundTrip() {
        final long expected = received + 1;
        while (requests.offer(message, 0, message.capacity()) < 0) {
            poll();
        }
        while (received < expected) {
            idle.idle(poll());
        }
    }

    double throughput(final long durationNs) {
        final long base = received;
        long sent = 0;
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            for (int i = 0; i < WINDOW && sent - (received - base) < WINDOW; i++) {
                if (requests.offer(message, 0, message.capacity()) < 0) {
                    break;
                }
                sent++;
            }
            idle.idle(poll());
            nowNs = System.nanoTime();
        }
        final double rate = (received - base) * 1e9 / (nowNs - startNs);
        while (received - base < sent) {
            idle.idle(poll());
        }
        return rate;
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(requests, answers, aeron, driver);
    }
}
