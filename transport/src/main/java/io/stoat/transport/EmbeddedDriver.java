package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;

/**
 * A server's media driver. While the server is set up the launching thread drives it; from {@link
 * #handOver()} on, the thread of its {@link #agent()} does, or Aeron's own threads.
 */
final class EmbeddedDriver implements AutoCloseable {
    /** The end of a publication travels with its heartbeat, which is sent every 100 ms. */
    private static final long GOODBYE_NS = TimeUnit.MILLISECONDS.toNanos(130);

    private static final long GOODBYE_STEP_NS = TimeUnit.MICROSECONDS.toNanos(200);

    private final ServerContext context;
    private final MediaDriver driver;
    private final AgentInvoker invoker;
    private final AgentInvoker setUpInvoker;
    private boolean settingUp = true;
    private boolean hasPeers;

    EmbeddedDriver(final ServerContext context, final Arrangement arrangement) {
        this.context = context;
        driver = MediaDriver.launch(driverContext(context, arrangement));
        invoker = driver.sharedAgentInvoker();
        setUpInvoker = new AgentInvoker(context.errorHandler(), null, new SetUpAgent());
        setUpInvoker.start();
    }

    private static MediaDriver.Context driverContext(
            final ServerContext context, final Arrangement arrangement) {
        final int termLength = context.termLength();
        final MediaDriver.Context driver =
                new MediaDriver.Context()
                        .aeronDirectoryName(context.aeronDirectory().toString())
                        .threadingMode(arrangement.threadingMode())
                        .dirDeleteOnStart(true)
                        .dirDeleteOnShutdown(true)
                        .warnIfDirectoryExists(false)
                        .spiesSimulateConnection(false)
                        .mtuLength(context.mtuLength())
                        .ipcMtuLength(PacketLengths.IPC_MTU)
                        .publicationTermBufferLength(termLength)
                        .ipcTermBufferLength(termLength)
                        .errorHandler(context.errorHandler());
        final Map<String, AgentThread> parts = arrangement.driverParts();
        if (arrangement.threadingMode() != ThreadingMode.INVOKER) {
            final AgentThread conductor = parts.get(AgentThreads.DRIVER_CONDUCTOR);
            final AgentThread sender = parts.get(AgentThreads.DRIVER_SENDER);
            final AgentThread receiver = parts.get(AgentThreads.DRIVER_RECEIVER);
            final PartTracker conductorTracker = new PartTracker(conductor);
            final PartTracker senderTracker = new PartTracker(sender);
            driver.conductorThreadFactory(conductor.threadFactory())
                    .conductorIdleStrategy(conductorTracker.idleStrategy())
                    .senderThreadFactory(sender.threadFactory())
                    .senderIdleStrategy(senderTracker.idleStrategy())
                    .receiverThreadFactory(receiver.threadFactory())
                    .sharedNetworkThreadFactory(sender.threadFactory())
                    .sharedNetworkIdleStrategy(senderTracker.idleStrategy())
                    .conductorDutyCycleTracker(conductorTracker)
                    .senderDutyCycleTracker(senderTracker);
            if (receiver != sender) {
                final PartTracker receiverTracker = new PartTracker(receiver);
                driver.receiverIdleStrategy(receiverTracker.idleStrategy())
                        .receiverDutyCycleTracker(receiverTracker);
            }
        }
        return ReceiverWindow.set(driver, termLength);
    }

    /** A client for one agent, which drives it; the launching thread may block on it until then. */
    Aeron connect() {
        return Aeron.connect(
                new Aeron.Context()
                        .aeronDirectoryName(driver.aeronDirectoryName())
                        .useConductorAgentInvoker(true)
                        .driverAgentInvoker(setUpInvoker)
                        .errorHandler(context.errorHandler())
                        .subscriberErrorHandler(context.errorHandler()));
    }

    /** From now on only the driver's own thread drives it. Before that thread starts. */
    void handOver() {
        settingUp = false;
    }

    /** The driver as an agent, for INVOKER mode. */
    Agent agent() {
        return new DriverAgent();
    }

    /**
     * Lets the driver tell peers that publications have ended, so that they need not find out by a
     * time-out. After the thread that drove it has ended.
     */
    private void sayGoodbye() {
        settingUp = true;
        final long deadlineNs = System.nanoTime() + GOODBYE_NS;
        while (System.nanoTime() - deadlineNs < 0) {
            setUpInvoker.invoke();
            LockSupport.parkNanos(GOODBYE_STEP_NS);
        }
    }

    /** After this, {@link #close()} leaves the driver time for goodbyes. */
    void hasPeers() {
        hasPeers = true;
    }

    @Override
    public void close() {
        if (hasPeers) {
            sayGoodbye();
        }
        driver.close();
    }

    private final class SetUpAgent implements Agent {
        @Override
        public int doWork() {
            return settingUp && invoker != null ? invoker.invoke() : 0;
        }

        @Override
        public String roleName() {
            return "set-up";
        }
    }

    private final class DriverAgent implements Agent {
        @Override
        public int doWork() {
            return invoker.invoke();
        }

        @Override
        public String roleName() {
            return AgentThreads.DRIVER;
        }
    }
}
