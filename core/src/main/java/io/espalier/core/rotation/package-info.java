/** Mixes the units of widths that stand between linear maps, so that a few carry most. */
@org.jspecify.annotations.NullMarked
package io.espalier.core.rotation;
