package io.stoat.ops;

import java.io.PrintWriter;
import java.util.List;

/**
 * A few lines that a terminal shows in place: each drawing goes over the one before it. One thread.
 */
public final class LiveBlock {
    private static final String ESCAPE = "\u001b[";

    private final PrintWriter out;
    private int height;

    /**
     * @param out drawn on and flushed.
     */
    public LiveBlock(final PrintWriter out) {
        this.out = out;
    }

    /**
     * @return whether standard output is a terminal, as the launcher has found out.
     */
    public static boolean isTerminal() {
        return Boolean.getBoolean("stoat.tty");
    }

    /**
     * Draws over what was drawn last.
     *
     * @param lines none wider than the terminal, or what was drawn is not found again.
     */
    public void draw(final List<String> lines) {
        final StringBuilder text = new StringBuilder();
        if (height > 0) {
            text.append(ESCAPE).append(height).append('A');
        }
        for (final String line : lines) {
            text.append('\r').append(ESCAPE).append("2K").append(line).append('\n');
        }
        height = lines.size();
        out.print(text.append(ESCAPE).append('J'));
        out.flush();
    }

    /** Leaves what was drawn where it is: other lines follow. */
    public void leave() {
        height = 0;
    }
}
