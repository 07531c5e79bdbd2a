package io.stoat.ops.chaos;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.DriverConductorProxy;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.aeron.driver.SendChannelEndpointSupplier;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.NakFlyweight;
import io.aeron.protocol.StatusMessageFlyweight;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * A network that loses what a member sends, and loses, delays and reorders what it receives, while
 * {@link MemberControls} say so. It lies between the member's sockets and its media driver: for
 * hosts whose kernel has no such thing, and without root. Used by a process whose system properties
 * {@code aeron.ReceiveChannelEndpoint.supplier} and {@code aeron.SendChannelEndpoint.supplier} name
 * this class. Datagrams that come while another one is late overtake it.
 */
public final class UnrulyLink
        implements ReceiveChannelEndpointSupplier, SendChannelEndpointSupplier {
    /** Made by Aeron's media driver. */
    public UnrulyLink() {}

    @Override
    public ReceiveChannelEndpoint newInstance(
            final UdpChannel udpChannel,
            final DataPacketDispatcher dispatcher,
            final AtomicCounter statusIndicator,
            final MediaDriver.Context context) {
        return new Receiving(udpChannel, dispatcher, statusIndicator, context);
    }

    @Override
    public SendChannelEndpoint newInstance(
            final UdpChannel udpChannel,
            final AtomicCounter statusIndicator,
            final MediaDriver.Context context) {
        return new Sending(udpChannel, statusIndicator, context);
    }

    /** Says of each datagram what becomes of it. One thread. */
    private static final class Dice {
        private final MemberControls controls = MemberControls.ofThisProcess();
        private final Random random = new Random(controls.seed());
        private boolean isLost;
        private boolean isLate;

        private boolean roll(final int latePercent) {
            final int lostPercent = controls.lostPercent();
            if (lostPercent + latePercent == 0) {
                isLost = false;
                isLate = false;
                return false;
            }
            final int dice = random.nextInt(100);
            isLost = dice < lostPercent;
            isLate = !isLost && dice < lostPercent + latePercent;
            return true;
        }

        void onData() {
            if (roll(controls.latePercent())) {
                controls.countReceived(isLost, isLate);
            }
        }

        boolean losesReceived() {
            if (roll(0)) {
                controls.countReceived(isLost, false);
            }
            return isLost;
        }

        boolean losesSent() {
            if (roll(0)) {
                controls.countSent(isLost);
            }
            return isLost;
        }

        long latenessNs() {
            return random.nextLong(TimeUnit.MILLISECONDS.toNanos(controls.lateMs()) + 1);
        }
    }

    private static final class Receiving extends ReceiveChannelEndpoint {
        private record Late(
                byte[] bytes, InetSocketAddress source, int transportIndex, long dueNs) {}

        private final Dice dice = new Dice();
        private final List<Late> late = new ArrayList<>();

        Receiving(
                final UdpChannel udpChannel,
                final DataPacketDispatcher dispatcher,
                final AtomicCounter statusIndicator,
                final MediaDriver.Context context) {
            super(udpChannel, dispatcher, statusIndicator, context);
        }

        /** Heartbeats come all the time, so what is due need not wait for long. */
        @Override
        public int onDataPacket(
                final DataHeaderFlyweight header,
                final UnsafeBuffer buffer,
                final int length,
                final InetSocketAddress source,
                final int transportIndex) {
            dice.onData();
            int received = 0;
            if (dice.isLate) {
                final byte[] bytes = new byte[length];
                buffer.getBytes(0, bytes);
                final long dueNs = System.nanoTime() + dice.latenessNs();
                late.add(new Late(bytes, source, transportIndex, dueNs));
            } else if (!dice.isLost) {
                received = super.onDataPacket(header, buffer, length, source, transportIndex);
            }
            return late.isEmpty() ? received : received + deliverLate();
        }

        private int deliverLate() {
            int received = 0;
            final long nowNs = System.nanoTime();
            for (final Iterator<Late> all = late.iterator(); all.hasNext(); ) {
                final Late next = all.next();
                if (nowNs - next.dueNs() >= 0) {
                    all.remove();
                    final UnsafeBuffer copy = new UnsafeBuffer(next.bytes());
                    final DataHeaderFlyweight header = new DataHeaderFlyweight(copy);
                    received +=
                            super.onDataPacket(
                                    header,
                                    copy,
                                    next.bytes().length,
                                    next.source(),
                                    next.transportIndex());
                }
            }
            return received;
        }
    }

    private static final class Sending extends SendChannelEndpoint {
        private final Dice dice = new Dice();

        Sending(
                final UdpChannel udpChannel,
                final AtomicCounter statusIndicator,
                final MediaDriver.Context context) {
            super(udpChannel, statusIndicator, context);
        }

        @Override
        public int send(final ByteBuffer buffer) {
            return dice.losesSent() ? swallow(buffer) : super.send(buffer);
        }

        @Override
        public int send(final ByteBuffer buffer, final InetSocketAddress endpoint) {
            return dice.losesSent() ? swallow(buffer) : super.send(buffer, endpoint);
        }

        private static int swallow(final ByteBuffer buffer) {
            final int length = buffer.remaining();
            buffer.position(buffer.limit());
            return length;
        }

        @Override
        public void onStatusMessage(
                final StatusMessageFlyweight message,
                final UnsafeBuffer buffer,
                final int length,
                final InetSocketAddress source,
                final DriverConductorProxy conductor) {
            if (!dice.losesReceived()) {
                super.onStatusMessage(message, buffer, length, source, conductor);
            }
        }

        @Override
        public void onNakMessage(
                final NakFlyweight message,
                final UnsafeBuffer buffer,
                final int length,
                final InetSocketAddress source) {
            if (!dice.losesReceived()) {
                super.onNakMessage(message, buffer, length, source);
            }
        }
    }
}
