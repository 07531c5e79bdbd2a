package io.stoat.bench.target;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.Workload;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Bare Aeron echo: a message as long as the value goes to another process and comes back, with no
 * store behind it. What no store over Aeron can beat.
 */
final class AeronEchoTarget implements Target {
    private static final long CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int FRAGMENT_LIMIT = 32;
    private static final int HEADER_LENGTH = 8;

    private final boolean udp;

    AeronEchoTarget(final boolean udp) {
        this.udp = udp;
    }

    @Override
    public String name() {
        return udp ? "aeron-echo-udp" : "aeron-echo-ipc";
    }

    @Override
    public String version() {
        return "Aeron " + Aeron.class.getPackage().getImplementationVersion();
    }

    @Override
    public String settings() {
        return "messages of the value's length, driver on the echo's thread"
                + (udp ? ", the load's own driver on the load's thread, loopback" : ", IPC");
    }

    @Override
    public int maxClients() {
        return 1;
    }

    @Override
    public boolean supports(final Workload workload) {
        return workload.hasOnlySingleSteps();
    }

    @Override
    public NodeLauncher nodeLauncher() {
        return new NodeLauncher() {
            @Override
            public List<String> command(
                    final RunContext context, final String address, final String plan) {
                return AeronEchoNode.command(context, address, plan, udp);
            }

            @Override
            public String newAddress() {
                return "127.0.0.1:" + Ports.freeUdp();
            }
        };
    }

    @Override
    public Connector open(final RunContext context) {
        return new Connector() {
            @Override
            public Function<InFlight, Session> connect(final int client) {
                return inFlight -> new Echo(context, inFlight, udp);
            }

            @Override
            public boolean isLoaded() {
                return true;
            }

            @Override
            public void close() {
                // each session closes what it opened
            }
        };
    }

    static Path driverDirectory(final RunContext context) {
        return context.directory().resolve("aeron-echo");
    }

    private static final class Echo implements Session {
        private final InFlight inFlight;
        private final MediaDriver driver;
        private final AgentInvoker driverInvoker;
        private final Aeron aeron;
        private final ExclusivePublication publication;
        private final Subscription subscription;
        private final FragmentAssembler assembler;
        private final UnsafeBuffer message;
        private int received;

        Echo(final RunContext context, final InFlight inFlight, final boolean udp) {
            this.inFlight = inFlight;
            message = new UnsafeBuffer(new byte[HEADER_LENGTH + context.workload().valueLength()]);
            driver = udp ? launchDriver(context) : null;
            driverInvoker = udp ? driver.sharedAgentInvoker() : null;
            aeron =
                    Aeron.connect(
                            new Aeron.Context()
                                    .aeronDirectoryName(
                                            udp
                                                    ? driver.aeronDirectoryName()
                                                    : driverDirectory(context).toString())
                                    .useConductorAgentInvoker(true)
                                    .driverAgentInvoker(driverInvoker));
            subscription =
                    aeron.addSubscription(
                            AeronEchoNode.answerChannel(context.address(), udp),
                            AeronEchoNode.ANSWER_STREAM);
            publication =
                    aeron.addExclusivePublication(
                            AeronEchoNode.requestChannel(context.address(), udp),
                            AeronEchoNode.REQUEST_STREAM);
            assembler =
                    new FragmentAssembler(
                            (buffer, offset, length, header) -> {
                                received++;
                                inFlight.complete(
                                        (int) buffer.getLong(offset),
                                        length == message.capacity() ? Outcome.OK : Outcome.WRONG);
                            });
            final long deadline = System.nanoTime() + CONNECT_TIMEOUT_NS;
            while (!publication.isConnected() || !subscription.isConnected()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("the Aeron echo did not answer in 60 s");
                }
                drive();
                Thread.yield();
            }
        }

        private static MediaDriver launchDriver(final RunContext context) {
            return MediaDriver.launch(
                    new MediaDriver.Context()
                            .aeronDirectoryName(
                                    context.directory().resolve("aeron-load").toString())
                            .threadingMode(ThreadingMode.INVOKER)
                            .dirDeleteOnStart(true)
                            .dirDeleteOnShutdown(true)
                            .warnIfDirectoryExists(false));
        }

        private int drive() {
            return (driverInvoker == null ? 0 : driverInvoker.invoke())
                    + aeron.conductorAgentInvoker().invoke();
        }

        @Override
        public boolean offer(final Operation operation, final int slot) {
            message.putLong(0, slot);
            message.putBytes(HEADER_LENGTH, operation.value(), 0, operation.value().capacity());
            return publication.offer(message, 0, message.capacity()) > 0;
        }

        @Override
        public int poll() {
            drive();
            received = 0;
            subscription.poll(assembler, FRAGMENT_LIMIT);
            return received;
        }

        @Override
        public void close() {
            CloseHelper.quietCloseAll(publication, subscription, aeron, driver);
        }
    }
}
