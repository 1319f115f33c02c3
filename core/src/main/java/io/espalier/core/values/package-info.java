/**
 * Values that every part of the library knows: configs and choices, cuts and manifests, frozen
 * axes, exceptions, and the contracts of backends.
 */
@NullMarked
package io.espalier.core.values;

import org.jspecify.annotations.NullMarked;
