/** Makes a network smaller with data: what is least missed goes, and what stays is repaired. */
@org.jspecify.annotations.NullMarked
package io.espalier.core.pruning;
