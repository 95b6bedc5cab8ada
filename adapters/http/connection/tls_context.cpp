#include "adapters/http/connection/tls_context.hpp"

#include <array>
#include <new>
#include <openssl/err.h>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::http {

namespace {

// https://ssl-config.mozilla.org, without the suites that need parameters for Diffie-Hellman.
constexpr const char* suites_of_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr std::string_view groups = "X25519:prime256v1:secp384r1";

/// OpenSSL's first error, which is the one nearest to the cause.
std::string first_error()
{
    const auto code = ERR_get_error();
    ERR_clear_error();
    const char* const text = ERR_reason_error_string(code);
    return text == nullptr ? "it can't be read" : text;
}

/// Refuses a client that offers protocols without HTTP/1.1 (RFC 7301).
int choose_protocol(
    SSL* /*connection*/,
    const unsigned char** chosen,
    unsigned char* size,
    const unsigned char* offered,
    unsigned offered_size,
    void* /*nothing*/
)
{
    static constexpr std::array<unsigned char, 9> ours{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* match = nullptr;
    const int outcome =
        SSL_select_next_proto(&match, size, ours.data(), ours.size(), offered, offered_size);
    *chosen = match;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

tls_context::tls_context(tls_files files) : files_{std::move(files)}, current_{read(files_)} {}

void tls_context::reload()
{
    auto next = read(files_);
    const std::lock_guard lock{mutex_};
    current_.swap(next);
}

std::unique_ptr<SSL, tls_deleter> tls_context::make() const
{
    const std::lock_guard lock{mutex_};
    std::unique_ptr<SSL, tls_deleter> connection{SSL_new(current_.get())};
    if (!connection)
        throw std::bad_alloc{};
    SSL_set_accept_state(connection.get());
    return connection;
}

tls_context::context tls_context::read(const tls_files& files)
{
    ERR_clear_error();
    context fresh{SSL_CTX_new(TLS_server_method())};
    auto* const raw = fresh.get();
    if (raw == nullptr || SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(raw, suites_of_1_2) != 1 ||
        SSL_CTX_set1_groups_list(raw, std::string{groups}.data()) != 1)
        throw certificate_error{"TLS can't be set up: " + first_error() + '.'};
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // Idle connections hold no buffers. The clients keep the sessions, as tickets.
    SSL_CTX_set_mode(
        raw,
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    );
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(raw, 1);
    SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);

    if (SSL_CTX_use_certificate_chain_file(raw, files.certificate.c_str()) != 1) {
        throw certificate_error{
            "Can't use the certificate in " + files.certificate + ": " + first_error() + '.'};
    }
    if (SSL_CTX_use_PrivateKey_file(raw, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(raw) != 1)
        throw certificate_error{"Can't use the key in " + files.key + ": " + first_error() + '.'};
    return fresh;
}

}  // namespace botapi::http
