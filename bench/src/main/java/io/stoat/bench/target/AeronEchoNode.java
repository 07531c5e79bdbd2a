package io.stoat.bench.target;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.stoat.affinity.IdleStrategies;
import io.stoat.affinity.PinnedThreadFactory;
import io.stoat.affinity.PlannedThread;
import java.io.IOException;
import java.util.List;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;

/** Sends every message back, on one thread with its media driver. Ends when standard input does. */
public final class AeronEchoNode {
    static final int REQUEST_STREAM = 11;
    static final int ANSWER_STREAM = 12;
    private static final int FRAGMENT_LIMIT = 32;

    private AeronEchoNode() {}

    static List<String> command(
            final RunContext context, final String address, final String plan, final boolean udp) {
        return List.of(
                NodeLauncher.JAVA,
                AeronEchoNode.class.getName(),
                AeronEchoTarget.driverDirectory(context).toString(),
                address,
                plan,
                String.valueOf(udp));
    }

    static String requestChannel(final String address, final boolean udp) {
        return udp ? "aeron:udp?endpoint=" + address : "aeron:ipc";
    }

    /** The answers' port is found by the control address, which is the next port. */
    static String answerChannel(final String address, final boolean udp) {
        if (!udp) {
            return "aeron:ipc";
        }
        final int colon = address.lastIndexOf(':');
        final int port = Integer.parseInt(address.substring(colon + 1));
        return "aeron:udp?endpoint="
                + address.substring(0, colon + 1)
                + (port > 1024 + 1 ? port - 1 : port + 1);
    }

    /**
     * Runs the echo.
     *
     * @param args driver directory, address, thread plan, whether over UDP.
     * @throws IOException when standard input fails.
     */
    public static void main(final String[] args) throws IOException {
        final boolean udp = Boolean.parseBoolean(args[3]);
        final PlannedThread thread = StoatNode.thread(args[2]);
        try (MediaDriver driver =
                        MediaDriver.launch(
                                new MediaDriver.Context()
                                        .aeronDirectoryName(args[0])
                                        .threadingMode(ThreadingMode.INVOKER)
                                        .dirDeleteOnStart(true)
                                        .dirDeleteOnShutdown(true)
                                        .warnIfDirectoryExists(false));
                Aeron aeron =
                        Aeron.connect(
                                new Aeron.Context()
                                        .aeronDirectoryName(args[0])
                                        .useConductorAgentInvoker(true)
                                        .driverAgentInvoker(driver.sharedAgentInvoker()));
                AgentRunner runner =
                        new AgentRunner(
                                IdleStrategies.create(thread.idle()),
                                Throwable::printStackTrace,
                                null,
                                new Echo(
                                        driver.sharedAgentInvoker(),
                                        aeron,
                                        requestChannel(args[1], udp),
                                        answerChannel(args[1], udp)))) {
            AgentRunner.startOnThread(
                    runner,
                    new PinnedThreadFactory(thread, false, refusal -> System.out.println(refusal)));
            System.out.println(StoatNode.READY);
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        }
    }

    private static final class Echo implements Agent {
        private final AgentInvoker driver;
        private final AgentInvoker conductor;
        private final Subscription requests;
        private final ExclusivePublication answers;
        private final FragmentAssembler assembler;

        Echo(
                final AgentInvoker driver,
                final Aeron aeron,
                final String requestChannel,
                final String answerChannel) {
            this.driver = driver;
            conductor = aeron.conductorAgentInvoker();
            requests = aeron.addSubscription(requestChannel, REQUEST_STREAM);
            answers = aeron.addExclusivePublication(answerChannel, ANSWER_STREAM);
            assembler =
                    new FragmentAssembler(
                            (buffer, offset, length, header) -> {
                                while (answers.offer(buffer, offset, length) < 0
                                        && !answers.isClosed()) {
                                    driver.invoke();
                                }
                            });
        }

        @Override
        public int doWork() {
            return driver.invoke() + conductor.invoke() + requests.poll(assembler, FRAGMENT_LIMIT);
        }

        @Override
        public String roleName() {
            return "aeron-echo";
        }
    }
}
