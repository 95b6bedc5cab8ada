#include "adapters/http/codec/inflater.hpp"

#include <new>
#include <stdexcept>
#include <zlib.h>
#include <zstd.h>

namespace botapi::http {

namespace {

class gzip_inflater final : public inflater {
public:
    gzip_inflater()
    {
        constexpr int only_gzip = 16;
        constexpr int window_bits = 15;
        if (inflateInit2(&stream_, window_bits + only_gzip) != Z_OK)
            throw std::bad_alloc{};
    }

    ~gzip_inflater() override { ::inflateEnd(&stream_); }
    gzip_inflater(const gzip_inflater&) = delete;
    gzip_inflater& operator=(const gzip_inflater&) = delete;

    progress inflate(std::string_view coded, std::span<char> out) override
    {
        if (is_complete_ && coded.empty())
            return {};
        if (is_complete_)
            ::inflateReset(&stream_);  // What follows is another member, or malformed.
        is_complete_ = false;
        // zlib does not change its input, but says so only if it is compiled with ZLIB_CONST.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data())
        );  // NOLINT(*-cast)
        stream_.avail_in = static_cast<uInt>(coded.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());  // NOLINT(*-reinterpret-cast)
        stream_.avail_out = static_cast<uInt>(out.size());
        const int result = ::inflate(&stream_, Z_NO_FLUSH);
        is_complete_ = result == Z_STREAM_END;
        return {
            .consumed = coded.size() - stream_.avail_in,
            .produced = out.size() - stream_.avail_out,
            .is_malformed = result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR};
    }

    [[nodiscard]] bool is_complete() const noexcept override { return is_complete_; }
    [[nodiscard]] std::size_t memory() const noexcept override { return 45'000; }

private:
    z_stream stream_{};
    bool is_complete_ = false;
};

class zstd_inflater final : public inflater {
public:
    zstd_inflater()
    {
        if (!context_)
            throw std::bad_alloc{};
        constexpr int window_log_max = 23;
        if (ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log_max)
            ) != 0)
            throw std::logic_error{"zstd does not know a parameter"};
    }

    progress inflate(std::string_view coded, std::span<char> out) override
    {
        if (is_complete_ && coded.empty())
            return {};
        ZSTD_inBuffer in{coded.data(), coded.size(), 0};
        ZSTD_outBuffer into{out.data(), out.size(), 0};
        const auto left = ZSTD_decompressStream(context_.get(), &into, &in);
        is_complete_ = left == 0;
        return {.consumed = in.pos, .produced = into.pos, .is_malformed = ZSTD_isError(left) != 0};
    }

    [[nodiscard]] bool is_complete() const noexcept override { return is_complete_; }

    [[nodiscard]] std::size_t memory() const noexcept override
    {
        return ZSTD_sizeof_DCtx(context_.get());
    }

private:
    struct deleter {
        void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
    };

    std::unique_ptr<ZSTD_DCtx, deleter> context_{ZSTD_createDCtx()};
    bool is_complete_ = false;
};

}  // namespace

std::unique_ptr<inflater> make_inflater(content_coding coding)
{
    switch (coding) {
        case content_coding::gzip: return std::make_unique<gzip_inflater>();
        case content_coding::zstd: return std::make_unique<zstd_inflater>();
        case content_coding::identity: break;
    }
    throw std::logic_error{"identity needs no inflater"};
}

}  // namespace botapi::http
