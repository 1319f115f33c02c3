/**
 * What data say of a network: second moments of what its layers read, and what units are worth by
 * them. Calibration data are unlabelled inputs, some hundreds of them.
 */
@org.jspecify.annotations.NullMarked
package io.espalier.core.calibration;
