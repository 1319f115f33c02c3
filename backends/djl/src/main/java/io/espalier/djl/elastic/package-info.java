/** Blocks that run at any of their widths. */
@NullMarked
package io.espalier.djl.elastic;

import org.jspecify.annotations.NullMarked;
