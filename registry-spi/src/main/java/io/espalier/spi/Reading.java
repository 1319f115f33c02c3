package io.espalier.spi;

/**
 * What data say of one weight that reads a width. Arrays are shared, not copied: they are to be
 * read only.
 *
 * @param extent the length n of the axis that the weight sums over; it may hold other widths, too
 * @param units for each unit of the width the positions of its elements on that axis
 * @param gram second moments of what is read, a 1 appended: [n + 1, n + 1], row-major; the last
 *     element is the number of rows
 * @param weight the weight, [n, outputs], row-major, each column scaled to what it ends in
 * @param outputs the columns of the weight
 * @param variance the variance of what it ends in, over all outputs: that of the residual sum where
 *     it is added to one
 */
@SuppressWarnings("ArrayRecordComponent") // read only, never compared
public record Reading(
    int extent, int[][] units, double[] gram, double[] weight, int outputs, double variance) {}
