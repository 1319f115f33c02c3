package io.espalier.core.calibration;

/**
 * What a width loses with its units.
 *
 * @param order its units, the one that is worth most first
 * @param errors by the number of units kept, 0 to all: the relative error that is left in what
 *     reads the width after the best repair, added up over its readers
 */
public record Curve(int[] order, double[] errors) {}
