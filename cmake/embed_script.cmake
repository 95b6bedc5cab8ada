# The build step of embed_files(): writes HEADER and SOURCE from FILES below ROOT.
file(WRITE "${HEADER}" "#pragma once

#include <span>
#include <string_view>

namespace ${NAMESPACE} {

/// A file that is compiled into the program.
struct embedded_file {
    std::string_view name;
    std::string_view content;
};

/// Sorted by name.
extern const std::span<const embedded_file> embedded_files;

}  // namespace ${NAMESPACE}
")

set(arrays "")
set(entries "")
set(number 0)
foreach(name IN LISTS FILES)
  file(READ "${ROOT}/${name}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND arrays "constexpr char content_${number}[] = {${bytes}'\\0'};\n")
  string(APPEND entries
    "    {\"${name}\", {content_${number}, sizeof content_${number} - 1}},\n")
  math(EXPR number "${number} + 1")
endforeach()

cmake_path(GET HEADER FILENAME header_name)
file(WRITE "${SOURCE}" "#include \"${header_name}\"

namespace ${NAMESPACE} {

namespace {

${arrays}
constexpr embedded_file files[] = {
${entries}};

}  // namespace

const std::span<const embedded_file> embedded_files{files};

}  // namespace ${NAMESPACE}
")
