/**
 * Data that networks are calibrated and compared on: arrays by the names of a network's inputs, the
 * sources that read them, and how far outputs are apart on them. Knows neither formats nor
 * backends.
 */
@NullMarked
package io.espalier.core.data;

import org.jspecify.annotations.NullMarked;
