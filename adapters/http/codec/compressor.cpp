#include "adapters/http/codec/compressor.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <zlib.h>
#include <zstd.h>

namespace botapi::http {

namespace {

/// Bytes that the output grows by.
constexpr std::size_t output_step = 16'384;

/// Makes room for `output_step` bytes at the end of `out` and has `write` fill some of it, until it
/// returns false. `write` takes the room, and returns how much of it is left and whether to go on.
template <class Write>
void grow(std::string& out, Write write)
{
    for (bool goes_on = true; goes_on;) {
        const auto before = out.size();
        out.resize(before + output_step);
        const auto [left, more] = write(out.data() + before, output_step);
        out.resize(before + output_step - left);
        goes_on = more;
    }
}

struct written_output {
    std::size_t left;
    bool goes_on;
};

class gzip_compressor final : public compressor {
public:
    explicit gzip_compressor(effort work)
    {
        constexpr int with_gzip_header = 16;
        constexpr int window_bits = 15;
        constexpr int table_size = 8;
        const int level = work == effort::least ? Z_BEST_SPEED : Z_BEST_COMPRESSION;
        const int result = deflateInit2(
            &stream_,
            level,
            Z_DEFLATED,
            window_bits + with_gzip_header,
            table_size,
            Z_DEFAULT_STRATEGY
        );
        if (result != Z_OK)
            throw std::bad_alloc{};
    }

    ~gzip_compressor() override { ::deflateEnd(&stream_); }
    gzip_compressor(const gzip_compressor&) = delete;
    gzip_compressor& operator=(const gzip_compressor&) = delete;

    void put(std::string_view piece, then next, std::string& out) override
    {
        const int flush = next == then::more    ? Z_NO_FLUSH
                          : next == then::pause ? Z_SYNC_FLUSH
                                                : Z_FINISH;
        // zlib does not change its input, but says so only if it is compiled with ZLIB_CONST.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data())
        );  // NOLINT(*-cast)
        stream_.avail_in = static_cast<uInt>(piece.size());
        grow(out, [&](char* room, std::size_t size) {
            stream_.next_out = reinterpret_cast<Bytef*>(room);  // NOLINT(*-reinterpret-cast)
            stream_.avail_out = static_cast<uInt>(size);
            ::deflate(&stream_, flush);
            return written_output{stream_.avail_out, stream_.avail_out == 0};
        });
    }

private:
    z_stream stream_{};
};

class zstd_compressor final : public compressor {
public:
    explicit zstd_compressor(effort work)
    {
        if (!context_)
            throw std::bad_alloc{};
        // A larger window would take megabytes of memory for each list that is sent.
        constexpr int window_log = 15;
        const int level = work == effort::least ? 1 : 12;
        set(ZSTD_c_compressionLevel, level);
        if (work == effort::least)
            set(ZSTD_c_windowLog, window_log);
    }

    void put(std::string_view piece, then next, std::string& out) override
    {
        const auto operation = next == then::more    ? ZSTD_e_continue
                               : next == then::pause ? ZSTD_e_flush
                                                     : ZSTD_e_end;
        ZSTD_inBuffer in{piece.data(), piece.size(), 0};
        grow(out, [&](char* room, std::size_t size) {
            ZSTD_outBuffer into{room, size, 0};
            const auto left = ZSTD_compressStream2(context_.get(), &into, &in, operation);
            if (ZSTD_isError(left) != 0)
                throw std::runtime_error{ZSTD_getErrorName(left)};
            const bool is_done = next == then::more ? in.pos == in.size : left == 0;
            return written_output{size - into.pos, !is_done};
        });
    }

private:
    struct deleter {
        void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
    };

    void set(ZSTD_cParameter parameter, int value)
    {
        if (ZSTD_isError(ZSTD_CCtx_setParameter(context_.get(), parameter, value)) != 0)
            throw std::logic_error{"zstd does not know a parameter"};
    }

    std::unique_ptr<ZSTD_CCtx, deleter> context_{ZSTD_createCCtx()};
};

}  // namespace

std::unique_ptr<compressor> make_compressor(content_coding coding, compressor::effort work)
{
    switch (coding) {
        case content_coding::gzip: return std::make_unique<gzip_compressor>(work);
        case content_coding::zstd: return std::make_unique<zstd_compressor>(work);
        case content_coding::identity: break;
    }
    throw std::logic_error{"identity needs no compressor"};
}

std::string compressed(content_coding coding, compressor::effort work, std::string_view content)
{
    std::string out;
    make_compressor(coding, work)->put(content, compressor::then::end, out);
    return out;
}

}  // namespace botapi::http
