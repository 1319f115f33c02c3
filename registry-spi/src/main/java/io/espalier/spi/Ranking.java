package io.espalier.spi;

/**
 * What sets of units are worth.
 *
 * @param order all units of a width, the one that is worth most first: with k units the first k are
 *     kept
 * @param errors by the number of units that are kept, 0 to all: the relative error of what reads
 *     the width, added up over its readers; 0 for all, and not falling as units go
 */
@SuppressWarnings("ArrayRecordComponent") // read only, never compared
public record Ranking(int[] order, double[] errors) {}
