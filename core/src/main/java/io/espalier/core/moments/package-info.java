/**
 * What a backend can say of a network that runs on data: its outputs, and second moments of what
 * its layers read.
 */
@org.jspecify.annotations.NullMarked
package io.espalier.core.moments;
