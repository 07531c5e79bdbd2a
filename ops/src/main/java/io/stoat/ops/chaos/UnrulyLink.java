package io.stoat.ops.chaos;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * A network that loses, delays and reorders what a member receives, between its sockets and its
 * media driver: for hosts whose kernel has no such thing, and without root. Used by a process whose
 * system property {@code aeron.ReceiveChannelEndpoint.supplier} names this class; {@value #SEED}
 * seeds it, {@value #LOST_PERCENT} and {@value #LATE_PERCENT} of the datagrams with data are lost
 * or come late, by up to {@value #LATE_MS}; those that come meanwhile overtake them.
 */
public final class UnrulyLink implements ReceiveChannelEndpointSupplier {
    static final String SEED = "stoat.chaos.link.seed";
    static final String LOST_PERCENT = "stoat.chaos.link.lost.percent";
    static final String LATE_PERCENT = "stoat.chaos.link.late.percent";
    static final String LATE_MS = "stoat.chaos.link.late.ms";

    /** Made by Aeron's media driver. */
    public UnrulyLink() {}

    @Override
    public ReceiveChannelEndpoint newInstance(
            final UdpChannel udpChannel,
            final DataPacketDispatcher dispatcher,
            final AtomicCounter statusIndicator,
            final MediaDriver.Context context) {
        return new Endpoint(udpChannel, dispatcher, statusIndicator, context);
    }

    private static final class Endpoint extends ReceiveChannelEndpoint {
        private record Late(
                byte[] bytes, InetSocketAddress source, int transportIndex, long dueNs) {}

        private final Random random = new Random(Long.getLong(SEED, 0));
        private final int lostPercent = Integer.getInteger(LOST_PERCENT, 0);
        private final int latePercent = Integer.getInteger(LATE_PERCENT, 0);
        private final int lateMs = Integer.getInteger(LATE_MS, 1);
        private final List<Late> late = new ArrayList<>();

        Endpoint(
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
            final int dice = random.nextInt(100);
            int received = 0;
            if (dice >= lostPercent + latePercent) {
                received = super.onDataPacket(header, buffer, length, source, transportIndex);
            } else if (dice >= lostPercent) {
                final byte[] bytes = new byte[length];
                buffer.getBytes(0, bytes);
                final long dueNs =
                        System.nanoTime()
                                + random.nextLong(TimeUnit.MILLISECONDS.toNanos(lateMs) + 1);
                late.add(new Late(bytes, source, transportIndex, dueNs));
            }
            return received + deliverLate();
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
}
