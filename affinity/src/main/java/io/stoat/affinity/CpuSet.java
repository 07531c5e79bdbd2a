package io.stoat.affinity;

import java.util.BitSet;
import java.util.stream.IntStream;

/** Immutable set of CPU numbers; its text is the kernel's list format, such as {@code 0-3,8}. */
public final class CpuSet {
    /** Highest CPU number that a list may hold: the largest Linux kernels have 8192 CPUs. */
    public static final int MAX_CPU = 8191;

    /** No CPU. */
    public static final CpuSet EMPTY = new CpuSet(new BitSet());

    private final BitSet bits;

    private CpuSet(final BitSet bits) {
        this.bits = bits;
    }

    /**
     * @param cpus numbers of the CPUs, in any order.
     * @return the set of them.
     */
    public static CpuSet of(final int... cpus) {
        final BitSet bits = new BitSet();
        for (final int cpu : cpus) {
            bits.set(cpu);
        }
        return new CpuSet(bits);
    }

    /**
     * @param first lowest CPU.
     * @param last highest CPU, included.
     * @return every CPU from first to last.
     */
    public static CpuSet range(final int first, final int last) {
        final BitSet bits = new BitSet();
        bits.set(first, last + 1);
        return new CpuSet(bits);
    }

    /**
     * @param list in the kernel's format, such as {@code 0-3,8,10-11}; empty text is the empty set.
     * @return the set.
     * @throws IllegalArgumentException naming the list and the part that is wrong.
     */
    public static CpuSet parse(final String list) {
        final String text = list.trim();
        if (text.isEmpty()) {
            return EMPTY;
        }
        final BitSet bits = new BitSet();
        for (final String part : text.split(",", -1)) {
            final int dash = part.indexOf('-');
            final int first = number(list, dash < 0 ? part : part.substring(0, dash));
            final int last = dash < 0 ? first : number(list, part.substring(dash + 1));
            if (last < first) {
                throw new IllegalArgumentException(
                        "CPU list '" + list + "': the range '" + part + "' ends before it starts");
            }
            bits.set(first, last + 1);
        }
        return new CpuSet(bits);
    }

    private static int number(final String list, final String text) {
        final String digits = text.trim();
        if (!digits.isEmpty() && digits.length() <= 4 && digits.chars().allMatch(CpuSet::isDigit)) {
            final int number = Integer.parseInt(digits);
            if (number <= MAX_CPU) {
                return number;
            }
        }
        throw new IllegalArgumentException(
                "CPU list '"
                        + list
                        + "': '"
                        + text
                        + "' is not a CPU number from 0 to "
                        + MAX_CPU
                        + "; write for example 0-3,8");
    }

    private static boolean isDigit(final int character) {
        return character >= '0' && character <= '9';
    }

    /**
     * @param cpu number to look for.
     * @return whether it is in the set.
     */
    public boolean contains(final int cpu) {
        return cpu >= 0 && bits.get(cpu);
    }

    /**
     * @return number of CPUs.
     */
    public int size() {
        return bits.cardinality();
    }

    /**
     * @return whether there is no CPU.
     */
    public boolean isEmpty() {
        return bits.isEmpty();
    }

    /**
     * @return lowest CPU, or -1 in the empty set.
     */
    public int first() {
        return bits.nextSetBit(0);
    }

    /**
     * @return the CPUs, ascending.
     */
    public IntStream stream() {
        return bits.stream();
    }

    /**
     * @param other set.
     * @return the CPUs that are in both.
     */
    public CpuSet and(final CpuSet other) {
        final BitSet result = (BitSet) bits.clone();
        result.and(other.bits);
        return new CpuSet(result);
    }

    /**
     * @param other set.
     * @return the CPUs that are in one of them or in both.
     */
    public CpuSet or(final CpuSet other) {
        final BitSet result = (BitSet) bits.clone();
        result.or(other.bits);
        return new CpuSet(result);
    }

    /**
     * @param other set.
     * @return the CPUs of this set that are not in the other.
     */
    public CpuSet minus(final CpuSet other) {
        final BitSet result = (BitSet) bits.clone();
        result.andNot(other.bits);
        return new CpuSet(result);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof CpuSet && bits.equals(((CpuSet) other).bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    /**
     * @return the list that {@link #parse} reads; empty text for the empty set.
     */
    @Override
    public String toString() {
        final StringBuilder list = new StringBuilder();
        for (int first = bits.nextSetBit(0); first >= 0; ) {
            final int last = bits.nextClearBit(first) - 1;
            if (list.length() > 0) {
                list.append(',');
            }
            list.append(first);
            if (last > first) {
                list.append('-').append(last);
            }
            first = bits.nextSetBit(last + 1);
        }
        return list.toString();
    }
}
