package io.stoat.ops.demo;

import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What a demo process tells its parent, one line each on standard output: {@code READY}, {@code
 * STAT} with {@link TallyFigures} as it goes, {@code HIST name base64} at the end, {@code ERROR
 * text}.
 */
final class RoleReport {
    static final String READY = "READY";
    static final String STAT = "STAT";
    static final String HISTOGRAM = "HIST";
    static final String ERROR = "ERROR";

    private final PrintStream out;

    RoleReport(final PrintStream out) {
        this.out = out;
    }

    static Histogram newHistogram() {
        return new Histogram(1, 60_000_000_000L, 3);
    }

    void ready() {
        line(READY);
    }

    void stat(final TallyFigures figures) {
        line(STAT + " " + figures.line());
    }

    void histogram(final String name, final Histogram histogram) {
        final ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        final int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        final byte[] encoded = new byte[length];
        bytes.flip();
        bytes.get(encoded);
        line(HISTOGRAM + " " + name + " " + Base64.getEncoder().encodeToString(encoded));
    }

    void error(final String text) {
        line(ERROR + " " + text.replace('\n', ' '));
    }

    private void line(final String line) {
        out.println(line);
        out.flush();
    }

    static Histogram decode(final String base64) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(base64)), 0);
        } catch (final DataFormatException ex) {
            throw new IllegalStateException("a demo process sent a damaged histogram", ex);
        }
    }
}
