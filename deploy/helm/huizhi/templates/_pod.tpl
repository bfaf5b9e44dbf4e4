{{- define "huizhi.environment" -}}
- { name: HUIZHI_ADMIN_TOKEN_FILE, value: /run/secrets/huizhi/admin-token }
{{- if include "huizhi.isPostgres" . }}
{{- with .Values.database.postgres }}
- { name: HUIZHI_DATABASE, value: {{ .address | quote }} }
- { name: HUIZHI_DATABASE_PASSWORD_FILE, value: /run/secrets/huizhi/database-password }
- { name: HUIZHI_POOL_SIZE, value: {{ .poolSize | quote }} }
- { name: HUIZHI_DRAIN_TIME, value: {{ $.Values.drainTime | quote }} }
{{- with .directAddress }}
- { name: HUIZHI_DATABASE_DIRECT, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- else }}
{{- with .Values.database.sqlite }}
- { name: HUIZHI_BACKUP_DIR, value: /var/lib/huizhi/backups }
- { name: HUIZHI_BACKUP_EVERY, value: {{ .backupEvery | quote }} }
- { name: HUIZHI_BACKUP_KEEP, value: {{ .backupKeep | quote }} }
{{- with .backupAt }}
- { name: HUIZHI_BACKUP_AT, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.publicUrl }}
- { name: HUIZHI_PUBLIC_URL, value: {{ . | quote }} }
{{- end }}
{{- with .Values.trustedProxies }}
- { name: HUIZHI_TRUSTED_PROXY, value: {{ join "," . | quote }} }
{{- end }}
{{- range $name, $value := .Values.environment }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end -}}

{{- define "huizhi.volumes" -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      - secret:
          name: {{ required "existingSecret: name a Secret that has the admin token" .Values.existingSecret }}
          items: [{ key: admin-token, path: admin-token }]
      {{- if include "huizhi.isPostgres" . }}
      - secret:
          name: {{ required "database.postgres.passwordSecret: name a Secret that has the password" .Values.database.postgres.passwordSecret }}
          items: [{ key: {{ .Values.database.postgres.passwordKey | quote }}, path: database-password }]
      {{- end }}
- name: config
  secret:
    secretName: {{ required "configSecret: name a Secret that has huizhi.yaml" .Values.configSecret }}
    defaultMode: 0440
    items: [{ key: huizhi.yaml, path: huizhi.yaml }]
- name: data
  {{- if include "huizhi.isPostgres" . }}
  emptyDir: {}
  {{- else }}
  persistentVolumeClaim:
    claimName: {{ .Values.database.sqlite.existingClaim | default (include "huizhi.name" .) }}
  {{- end }}
- name: tmp
  emptyDir: {}
{{- end -}}
