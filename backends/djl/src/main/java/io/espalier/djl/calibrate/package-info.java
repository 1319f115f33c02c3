/** Runs blocks on data, and takes moments of what their layers read. */
@org.jspecify.annotations.NullMarked
package io.espalier.djl.calibrate;
